package io.mainstem.engine;

import java.nio.channels.FileChannel;

/** Whole durable batches as a region of a file, for a transfer to a socket. The file stays readable until closed. */
public interface FileSlice extends AutoCloseable {

    FileChannel channel();

    /** Position of the first byte in the file. */
    long position();

    int sizeInBytes();

    /** Lets go of the file; must be called exactly once, from any thread. */
    @Override
    void close();
}
