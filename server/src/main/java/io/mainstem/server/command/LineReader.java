package io.mainstem.server.command;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Reads lines as bytes. Not safe for use by several threads. */
final class LineReader implements AutoCloseable {

    private static final int FIRST_BYTES = 64 << 10;

    private final InputStream in;
    private byte[] bytes = new byte[FIRST_BYTES];
    private int start;
    private int end;

    LineReader(InputStream in) {
        this.in = in;
    }

    /** Whether a further line is there already. */
    boolean hasLine() {
        return lineFeed(start) >= 0;
    }

    /** The next line without its end, or null after the last one. May wait. */
    byte @Nullable [] next() throws IOException {
        int searched = start;
        while (true) {
            int lineFeed = lineFeed(searched);
            if (lineFeed >= 0) {
                byte[] line = Arrays.copyOfRange(bytes, start, lineFeed);
                start = lineFeed + 1;
                return line;
            }
            searched = end - start;
            makeRoom();
            searched += start;
            int read = in.read(bytes, end, bytes.length - end);
            if (read < 0) {
                return last();
            }
            end += read;
        }
    }

    @Override
    public void close() throws IOException {
        in.close();
    }

    private byte @Nullable [] last() {
        byte[] line = start == end ? null : Arrays.copyOfRange(bytes, start, end);
        start = end;
        return line;
    }

    private void makeRoom() {
        if (start > 0) {
            System.arraycopy(bytes, start, bytes, 0, end - start);
            end -= start;
            start = 0;
        }
        if (end == bytes.length) {
            bytes = Arrays.copyOf(bytes, 2 * bytes.length);
        }
    }

    private int lineFeed(int from) {
        for (int i = from; i < end; i++) {
            if (bytes[i] == '\n') {
                return i;
            }
        }
        return -1;
    }
}
