package io.mainstem.log.disk;

import java.io.IOException;
import java.io.SyncFailedException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A file through two channels, each opened when it is first needed.
 *
 * <p>Two, because an interrupt of a thread that reads closes the channel under everybody. Readers are threads of
 * others, and what they do to themselves must not stop the writer; for the next reader the channel is opened again.
 */
final class ChannelFile implements DiskFile {

    private final Path path;
    private @Nullable FileChannel writer;
    private @Nullable FileChannel reader;
    private boolean closed;

    ChannelFile(Path path) {
        this.path = path;
    }

    @Override
    public long sizeInBytes() throws IOException {
        return path.toFile().length();
    }

    @Override
    public void read(ByteBuffer into, long position) throws IOException {
        int start = into.position();
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    readFully(reader(), into.position(start), position);
                    return;
                } catch (ClosedByInterruptException e) {
                    interrupted |= Thread.interrupted();
                } catch (ClosedChannelException e) {
                    // Another reader was interrupted; reader() throws when the file itself is closed.
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public void write(ByteBuffer from, long position) throws IOException {
        FileChannel channel = writer();
        long at = position;
        while (from.hasRemaining()) {
            at += channel.write(from, at);
        }
    }

    @Override
    public void truncate(long sizeInBytes) throws IOException {
        writer().truncate(sizeInBytes);
    }

    @Override
    public void sync() throws SyncFailedException {
        try {
            writer().force(false);
        } catch (IOException e) {
            throw syncFailed(path, e);
        }
    }

    @Override
    public Optional<FileChannel> channel() throws IOException {
        return Optional.of(reader());
    }

    @Override
    public synchronized void close() throws IOException {
        closed = true;
        try {
            if (reader != null) {
                reader.close();
            }
        } finally {
            if (writer != null) {
                writer.close();
            }
        }
    }

    static SyncFailedException syncFailed(Path path, IOException cause) {
        SyncFailedException failure = new SyncFailedException("sync of " + path + " failed: " + cause.getMessage());
        failure.initCause(cause);
        return failure;
    }

    private synchronized FileChannel writer() throws IOException {
        ensureOpen();
        if (writer == null) {
            writer = FileChannel.open(path, StandardOpenOption.WRITE);
        }
        return writer;
    }

    private synchronized FileChannel reader() throws IOException {
        ensureOpen();
        if (reader == null || !reader.isOpen()) {
            reader = FileChannel.open(path, StandardOpenOption.READ);
        }
        return reader;
    }

    private void ensureOpen() throws IOException {
        if (closed) {
            throw new IOException(path + " is closed");
        }
    }

    private static void readFully(FileChannel channel, ByteBuffer into, long position) throws IOException {
        long at = position;
        while (into.hasRemaining()) {
            int count = channel.read(into, at);
            if (count < 0) {
                return;
            }
            at += count;
        }
    }
}
