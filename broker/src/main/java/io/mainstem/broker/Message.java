package io.mainstem.broker;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What somebody wants to publish; a record once it is in a log. The buffers are copied before publish returns.
 *
 * @param headers an encoded header section, see {@link io.mainstem.engine.batch.HeaderWriter}
 */
public record Message(
        long timestampMillis,
        @Nullable ByteBuffer key,
        @Nullable ByteBuffer value,
        ByteBuffer headers) {}
