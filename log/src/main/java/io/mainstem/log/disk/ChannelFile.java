package io.mainstem.log.disk;

import java.io.IOException;
import java.io.SyncFailedException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * A file through two channels, each opened when it is needed.
 *
 * <p>Two, because an interrupt of a thread that reads closes the channel under everybody. Readers are threads of
 * others, and what they do to themselves must not stop the writer; for the next reader the channel is opened again.
 */
final class ChannelFile implements DiskFile {

    private final PooledChannel writer;
    private final PooledChannel reader;

    ChannelFile(Path path, OpenFiles openFiles) {
        this.writer = new PooledChannel(path, StandardOpenOption.WRITE, openFiles);
        this.reader = new PooledChannel(path, StandardOpenOption.READ, openFiles);
    }

    @Override
    public long sizeInBytes() throws IOException {
        return path().toFile().length();
    }

    @Override
    public void read(ByteBuffer into, long position) throws IOException {
        int start = into.position();
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    FileChannel channel = reader.acquire();
                    try {
                        readFully(channel, into.position(start), position);
                        return;
                    } finally {
                        reader.release();
                    }
                } catch (ClosedByInterruptException e) {
                    interrupted |= Thread.interrupted();
                } catch (ClosedChannelException e) {
                    // Another reader was interrupted; acquire() throws when the file itself is closed.
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
        FileChannel channel = writer.acquire();
        try {
            writer.writing();
            long at = position;
            while (from.hasRemaining()) {
                at += channel.write(from, at);
            }
        } finally {
            writer.release();
        }
    }

    @Override
    public void truncate(long sizeInBytes) throws IOException {
        FileChannel channel = writer.acquire();
        try {
            writer.writing();
            channel.truncate(sizeInBytes);
        } finally {
            writer.release();
        }
    }

    @Override
    public void sync() throws SyncFailedException {
        try {
            FileChannel channel = writer.acquire();
            try {
                long writes = writer.writes();
                channel.force(false);
                writer.synced(writes);
            } finally {
                writer.release();
            }
        } catch (IOException e) {
            throw syncFailed(path(), e);
        }
    }

    @Override
    public void rename(String newPath) throws IOException {
        // Not by FileDisk: whoever opens a channel meanwhile must find the file.
        synchronized (reader) {
            synchronized (writer) {
                Path renamed = path().resolveSibling(newPath.substring(newPath.lastIndexOf('/') + 1));
                Files.move(path(), renamed, StandardCopyOption.ATOMIC_MOVE);
                reader.rename(renamed);
                writer.rename(renamed);
            }
        }
    }

    @Override
    public Optional<Pinned> pin() throws IOException {
        FileChannel channel = reader.acquire();
        return Optional.of(new Pinned() {
            @Override
            public FileChannel channel() {
                return channel;
            }

            @Override
            public void close() {
                reader.release();
            }
        });
    }

    @Override
    public void close() throws IOException {
        try {
            reader.close();
        } finally {
            writer.close();
        }
    }

    static SyncFailedException syncFailed(Path path, IOException cause) {
        SyncFailedException failure = new SyncFailedException("sync of " + path + " failed: " + cause.getMessage());
        failure.initCause(cause);
        return failure;
    }

    private Path path() {
        return writer.path();
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
