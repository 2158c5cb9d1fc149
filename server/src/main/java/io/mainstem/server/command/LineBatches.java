package io.mainstem.server.command;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Gathers what an input gives, while what it gave before is being published: so that a typed line goes at once, and of
 * a large file much goes together. A thread of its own reads the input; another one takes.
 */
final class LineBatches {

    private static final int READ_BYTES = 64 << 10;

    private final InputStream in;
    private final int batchBytes;
    private final int maxLineBytes;

    // all below is guarded by this
    private byte[] gathered = new byte[READ_BYTES];
    private int length;
    /** After the last line feed. */
    private int complete;

    private boolean ended;
    private @Nullable IOException failure;

    /**
     * @param batchBytes no more is read while this much has not been taken
     * @param maxLineBytes a line that is longer ends the reading
     */
    LineBatches(InputStream in, int batchBytes, int maxLineBytes) {
        this.in = in;
        this.batchBytes = batchBytes;
        this.maxLineBytes = maxLineBytes;
    }

    void start() {
        Thread reader = new Thread(this::read, "mainstem-input");
        reader.setDaemon(true);
        reader.start();
    }

    /**
     * Waits for lines, of which only the very last may lack its line feed; null at the end of the input.
     *
     * @throws IOException when the input cannot be read further; what came before has been taken
     */
    synchronized @Nullable ByteBuf take() throws IOException {
        while (complete == 0 && !ended) {
            await();
        }
        int taken = complete > 0 ? complete : length;
        if (failure != null && complete == 0) {
            throw failure;
        }
        if (taken == 0) {
            return null;
        }
        ByteBuf batch = Unpooled.copiedBuffer(gathered, 0, taken);
        System.arraycopy(gathered, taken, gathered, 0, length - taken);
        length -= taken;
        complete = 0;
        notifyAll();
        return batch;
    }

    private void read() {
        byte[] bytes = new byte[READ_BYTES];
        try {
            for (int count = in.read(bytes); count >= 0; count = in.read(bytes)) {
                add(bytes, count);
            }
            end(null);
        } catch (IOException e) {
            end(e);
        }
    }

    private synchronized void add(byte[] bytes, int count) throws IOException {
        while (length >= batchBytes && complete > 0) {
            await();
        }
        if (length + count > gathered.length) {
            gathered = Arrays.copyOf(gathered, Math.max(length + count, 2 * gathered.length));
        }
        System.arraycopy(bytes, 0, gathered, length, count);
        length += count;
        for (int i = length - 1; i >= length - count; i--) {
            if (gathered[i] == '\n') {
                complete = i + 1;
                break;
            }
        }
        if (length - complete > maxLineBytes) {
            throw new LineTooLongException(maxLineBytes);
        }
        notifyAll();
    }

    private synchronized void end(@Nullable IOException cause) {
        failure = cause;
        ended = true;
        notifyAll();
    }

    @SuppressWarnings("WaitNotInLoop") // the callers have the loop, each with a condition of its own
    private void await() {
        try {
            wait();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandException("interrupted");
        }
    }

    /** The line after all that was taken. */
    static final class LineTooLongException extends IOException {

        private static final long serialVersionUID = 1L;

        LineTooLongException(int limitBytes) {
            super("the line is longer than " + limitBytes + " bytes");
        }
    }
}
