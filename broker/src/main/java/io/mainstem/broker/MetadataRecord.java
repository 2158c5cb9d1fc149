package io.mainstem.broker;

import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * One change of what the broker has: topics, queues, bindings. The metadata log is these records, and start-up is their
 * replay. The offset of the record that creates a topic or a queue is its number for ever.
 *
 * <p>A record is its type and then its fields; types and the order of fields never change their meaning.
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
sealed interface MetadataRecord {

    /** No queue owns the topic. */
    long NO_OWNER = -1;

    void encode(FieldWriter out);

    static MetadataRecord decode(FieldReader in) {
        int type = in.intNumber();
        return switch (type) {
            case ClusterNamed.TYPE -> new ClusterNamed(in.text());
            case TopicCreated.TYPE_WITHOUT_SETTINGS -> TopicCreated.decode(in, false);
            case TopicCreated.TYPE -> TopicCreated.decode(in, true);
            case TopicRouted.TYPE -> new TopicRouted(in.number(), Routing.ofId(in.intNumber()));
            case TopicDeleted.TYPE -> new TopicDeleted(in.number());
            case QueueDeclared.TYPE_WITHOUT_SETTINGS -> new QueueDeclared(QueueSpec.durable(in.text()));
            case QueueDeclared.TYPE -> QueueDeclared.decode(in);
            case QueueDeleted.TYPE -> new QueueDeleted(in.number());
            case Bound.TYPE -> new Bound(BindingKey.decode(in), in.numbers());
            case Unbound.TYPE -> new Unbound(BindingKey.decode(in), in.numbers());
            case ProducerIdsReserved.TYPE -> new ProducerIdsReserved(in.number());
            case TopicConfigured.TYPE -> new TopicConfigured(in.number(), in.texts());
            case PartitionsAdded.TYPE -> new PartitionsAdded(in.number(), in.intNumber());
            default ->
                throw new IllegalStateException("metadata record of type " + type + ": made by a newer version?");
        };
    }

    /** The first record of all. */
    record ClusterNamed(String clusterId) implements MetadataRecord {
        static final int TYPE = 0;

        @Override
        public void encode(FieldWriter out) {
            out.number(TYPE).text(clusterId);
        }
    }

    /** {@code ownerQueue} is the queue whose own topic this is, or NO_OWNER. */
    record TopicCreated(TopicSpec spec, UUID id, long ownerQueue) implements MetadataRecord {
        /** Of before there were settings, when topics kept everything; no longer written. */
        static final int TYPE_WITHOUT_SETTINGS = 1;

        static final int TYPE = 9;

        private static final int NO_ROUTING = -1;

        @Override
        public void encode(FieldWriter out) {
            out.number(TYPE).text(spec.name()).number(spec.partitions());
            out.number(spec.routing().map(Routing::id).orElse(NO_ROUTING));
            out.flag(spec.autoDelete()).uuid(id).number(ownerQueue);
            out.texts(spec.settings().explicit());
        }

        static TopicCreated decode(FieldReader in, boolean withSettings) {
            String name = in.text();
            int partitions = in.intNumber();
            int routingId = in.intNumber();
            Optional<Routing> routing =
                    routingId == NO_ROUTING ? Optional.empty() : Optional.of(Routing.ofId(routingId));
            boolean autoDelete = in.flag();
            UUID id = in.uuid();
            long ownerQueue = in.number();
            TopicSettings settings = withSettings ? TopicSettings.of(in.texts()) : TopicSettings.KEEP;
            return new TopicCreated(
                    new TopicSpec(name, partitions, routing, false, autoDelete, settings), id, ownerQueue);
        }
    }

    /** A topic that had no routing was given one. */
    record TopicRouted(long topic, Routing routing) implements MetadataRecord {
        static final int TYPE = 2;

        @Override
        public void encode(FieldWriter out) {
            out.number(TYPE).number(topic).number(routing.id());
        }
    }

    record TopicDeleted(long topic) implements MetadataRecord {
        static final int TYPE = 3;

        @Override
        public void encode(FieldWriter out) {
            out.number(TYPE).number(topic);
        }
    }

    record QueueDeclared(QueueSpec spec) implements MetadataRecord {
        /** Of before there were settings; no longer written. */
        static final int TYPE_WITHOUT_SETTINGS = 4;

        static final int TYPE = 12;

        @Override
        public void encode(FieldWriter out) {
            out.number(TYPE).text(spec.name());
            out.texts(spec.settings().explicit()).texts(spec.labels());
        }

        static QueueDeclared decode(FieldReader in) {
            String name = in.text();
            QueueSettings settings = QueueSettings.of(in.texts());
            return new QueueDeclared(new QueueSpec(name, true, false, false, settings, in.texts()));
        }
    }

    record QueueDeleted(long queue) implements MetadataRecord {
        static final int TYPE = 5;

        @Override
        public void encode(FieldWriter out) {
            out.number(TYPE).number(queue);
        }
    }

    /** The binding is in force from these offsets on, one for each log. */
    record Bound(BindingKey key, long[] fromOffsets) implements MetadataRecord {
        static final int TYPE = 6;

        @Override
        public void encode(FieldWriter out) {
            key.encode(out.number(TYPE)).numbers(fromOffsets);
        }
    }

    /** The binding is no longer in force from these offsets on. */
    record Unbound(BindingKey key, long[] untilOffsets) implements MetadataRecord {
        static final int TYPE = 7;

        @Override
        public void encode(FieldWriter out) {
            key.encode(out.number(TYPE)).numbers(untilOffsets);
        }
    }

    /** Producer ids below the limit may have been given out. */
    record ProducerIdsReserved(long limit) implements MetadataRecord {
        static final int TYPE = 8;

        @Override
        public void encode(FieldWriter out) {
            out.number(TYPE).number(limit);
        }
    }

    /** What is explicitly set of a topic, all of it. */
    record TopicConfigured(long topic, Map<String, String> settings) implements MetadataRecord {
        static final int TYPE = 10;

        @Override
        public void encode(FieldWriter out) {
            out.number(TYPE).number(topic).texts(settings);
        }
    }

    /** The topic has as many partitions from now on, which is more than before. */
    record PartitionsAdded(long topic, int partitions) implements MetadataRecord {
        static final int TYPE = 11;

        @Override
        public void encode(FieldWriter out) {
            out.number(TYPE).number(topic).number(partitions);
        }
    }
}
