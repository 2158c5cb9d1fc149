package io.mainstem.protocol.amqp;

import io.mainstem.engine.batch.Record;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The channels of a listener that take replies without a queue. A channel that consumes from {@value #QUEUE} has an
 * address that nobody can guess; what is published to it on the default exchange is sent to the channel at once, and
 * stored nowhere. Safe for use by several threads.
 */
final class DirectReplies {

    /** What a requester consumes from, and names as reply-to. */
    static final String QUEUE = "amq.rabbitmq.reply-to";

    private static final Logger LOG = LoggerFactory.getLogger(DirectReplies.class);
    private static final String ADDRESS_PREFIX = QUEUE + ".";

    /** What a reply takes beside its body, roughly. */
    private static final int OVERHEAD_BYTES = 256;

    private final Map<String, Receiver> receivers = new ConcurrentHashMap<>();

    /** A channel that takes replies. */
    final class Receiver {

        private final AmqpChannel channel;
        private final String tag;
        private final byte[] encodedTag;
        private final String address = GeneratedNames.next(ADDRESS_PREFIX);

        private Receiver(AmqpChannel channel, String tag) {
            this.channel = channel;
            this.tag = tag;
            this.encodedTag = tag.getBytes(StandardCharsets.UTF_8);
        }

        String tag() {
            return tag;
        }

        byte[] encodedTag() {
            return encodedTag;
        }

        String address() {
            return address;
        }

        /**
         * Takes a reply, from any thread. One that finds the way to the client full is lost: replies are no promise.
         */
        void take(Record reply) {
            Outbox outbox = channel.connection().outbox();
            if (outbox.isWithinLimit()) {
                outbox.add(new Reply(this, reply));
                outbox.schedule();
            } else {
                LOG.warn("AMQP {}: a reply is lost, because the client does not read", channel.connection());
            }
        }

        void close() {
            receivers.remove(address);
        }
    }

    private record Reply(Receiver receiver, Record record) implements Outgoing {

        @Override
        public long bytes() {
            ByteBuffer body = record.value();
            return (long) OVERHEAD_BYTES + (body == null ? 0 : body.remaining());
        }

        @Override
        public void send() {
            receiver.channel.basic().deliver(receiver, record);
        }
    }

    /** Whether a queue of this name would be a receiver, there or not. */
    static boolean isAddress(String name) {
        return name.startsWith(ADDRESS_PREFIX);
    }

    Receiver open(AmqpChannel channel, String tag) {
        Receiver receiver = new Receiver(channel, tag);
        receivers.put(receiver.address, receiver);
        return receiver;
    }

    Optional<Receiver> find(String address) {
        return isAddress(address) ? Optional.ofNullable(receivers.get(address)) : Optional.empty();
    }
}
