package io.mainstem.protocol.amqp;

import io.mainstem.broker.Message;
import io.mainstem.broker.Topic;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A message as a client has published it.
 *
 * @param exchange as the client names it; empty for the default exchange
 * @param topic null for the default exchange
 * @param queues on the default exchange, the names of the queues that it is for; otherwise empty
 * @param mandatory comes back if no queue wants it
 */
record Publication(String exchange, @Nullable Topic topic, List<String> queues, boolean mandatory, Message message) {

    /** What a message costs even when it is empty. */
    private static final int OVERHEAD_BYTES = 256;

    /** What it counts in the limits. */
    long bytes() {
        ByteBuffer body = message.value();
        return (long) OVERHEAD_BYTES + message.headers().remaining() + (body == null ? 0 : body.remaining());
    }

    /** The same with buffers of its own, because those that it was received in are used again. */
    Publication copy() {
        Message copy = new Message(
                message.timestampMillis(), copy(message.key()), copy(message.value()), copy(message.headers()));
        return new Publication(exchange, topic, queues, mandatory, copy);
    }

    private static ByteBuffer copy(@Nullable ByteBuffer source) {
        return source == null
                ? ByteBuffer.allocate(0)
                : ByteBuffer.allocate(source.remaining())
                        .put(source.duplicate())
                        .flip();
    }
}
