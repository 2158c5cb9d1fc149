package io.mainstem.engine;

import io.mainstem.engine.batch.BatchBuilder;
import io.mainstem.engine.batch.Record;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The record that begins a term of a state log. Its offset is the term's epoch; what older terms write after it is
 * void.
 */
public final class Fence {

    private static final byte[] KEY = "FENCE".getBytes(StandardCharsets.US_ASCII);

    private Fence() {}

    /** A batch with one fence. */
    public static ByteBuffer batch(long timestampMillis) {
        BatchBuilder builder = new BatchBuilder(128);
        builder.add(timestampMillis, ByteBuffer.wrap(KEY), null, BatchBuilder.NO_HEADERS);
        return builder.build();
    }

    public static boolean isFence(Record record) {
        ByteBuffer key = record.key();
        return key != null && key.equals(ByteBuffer.wrap(KEY));
    }
}
