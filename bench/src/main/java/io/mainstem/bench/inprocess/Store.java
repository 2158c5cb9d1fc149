package io.mainstem.bench.inprocess;

/** Something that batches of 16 KiB are appended to and read from. Used by one thread. */
interface Store extends AutoCloseable {

    int BATCH_BYTES = 16 << 10;

    /** Appends a batch to each log, and returns when all have what durability was asked for. */
    void append();

    /** Reads the next batch of the first log, or the first one again after the last. Returns how many bytes it has. */
    int read();

    @Override
    void close();
}
