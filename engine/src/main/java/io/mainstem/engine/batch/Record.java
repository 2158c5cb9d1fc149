package io.mainstem.engine.batch;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One immutable event. Key, value and headers are read-only slices of the batch that holds them; whoever reads one
 * takes a duplicate first, because the slices are shared.
 *
 * @param headers the encoded header section, for {@link HeaderReader}
 */
public record Record(
        long offset,
        long timestampMillis,
        @Nullable ByteBuffer key,
        @Nullable ByteBuffer value,
        ByteBuffer headers) {}
