package io.mainstem.log.disk;

import java.io.IOException;
import java.io.SyncFailedException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Optional;

/** One open file. Any thread may read or sync; only one at a time may write or truncate. */
public interface DiskFile extends AutoCloseable {

    long sizeInBytes() throws IOException;

    /** Fills the buffer from a position on, or as much of it as the file has. */
    void read(ByteBuffer into, long position) throws IOException;

    /** Writes the whole buffer. When it fails, any part of it may have been written. */
    void write(ByteBuffer from, long position) throws IOException;

    void truncate(long sizeInBytes) throws IOException;

    /** Makes content and size durable. After a failure nobody knows what is. */
    void sync() throws SyncFailedException;

    /** Gives the file another name in the same directory, which nothing has; it stays open. */
    void rename(String newPath) throws IOException;

    /** For zero-copy transfers; empty when this is no file of the operating system. */
    Optional<Pinned> pin() throws IOException;

    @Override
    void close() throws IOException;

    /** A channel for reading that stays open until it is let go of. */
    interface Pinned extends AutoCloseable {
        FileChannel channel();

        /** From any thread, once. */
        @Override
        void close();
    }
}
