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
            case TopicCreated.TYPE_WITHOUT_SETTINGS, TopicCreated.TYPE_WITHOUT_ALTERNATE, TopicCreated.TYPE ->
                TopicCreated.decode(in, type);
            case TopicRouted.TYPE_WITHOUT_ALTERNATE ->
                new TopicRouted(in.number(), Routing.ofId(in.intNumber()), Optional.empty(), false, Map.of(), Cut.NONE);
            case TopicRouted.TYPE -> TopicRouted.decode(in);
            case TopicDeleted.TYPE_OF_A_TOPIC_ALONE -> new TopicDeleted(in.number(), Cut.NONE);
            case TopicRetired.TYPE -> new TopicRetired(in.number(), Cut.decode(in));
            case TopicDeleted.TYPE -> new TopicDeleted(in.number(), Cut.decode(in));
            case QueueDeclared.TYPE_WITHOUT_SETTINGS -> new QueueDeclared(QueueSpec.durable(in.text()));
            case QueueDeclared.TYPE -> QueueDeclared.decode(in);
            case QueueDeleted.TYPE_WITHOUT_CUT -> new QueueDeleted(in.number(), Cut.NONE);
            case QueueDeleted.TYPE -> new QueueDeleted(in.number(), Cut.decode(in));
            case Bound.TYPE_OF_A_KEY -> Bound.decodePlain(in);
            case Bound.TYPE -> new Bound(BindingKey.decode(in), Cut.decode(in));
            case Unbound.TYPE_OF_A_KEY -> Unbound.decodePlain(in);
            case Unbound.TYPE -> new Unbound(BindingKey.decode(in), Cut.decode(in));
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

    /**
     * {@code ownerQueue} is the queue whose own topic this is, or NO_OWNER. The cut goes through the topics of which
     * this one gets from now on what nobody wants.
     */
    record TopicCreated(TopicSpec spec, UUID id, long ownerQueue, Cut cut) implements MetadataRecord {
        /** Of before there were settings, when topics kept everything; no longer written. */
        static final int TYPE_WITHOUT_SETTINGS = 1;

        /** Of before there were alternates and internal topics; no longer written. */
        static final int TYPE_WITHOUT_ALTERNATE = 9;

        static final int TYPE = 21;

        private static final int NO_ROUTING = -1;

        @Override
        public void encode(FieldWriter out) {
            out.number(TYPE).text(spec.name()).number(spec.partitions());
            out.number(spec.routing().map(Routing::id).orElse(NO_ROUTING));
            out.flag(spec.autoDelete()).uuid(id).number(ownerQueue);
            out.texts(spec.settings().explicit());
            cut.encode(out.flag(spec.internal()).optionalText(spec.alternate()).texts(spec.labels()));
        }

        static TopicCreated decode(FieldReader in, int type) {
            String name = in.text();
            int partitions = in.intNumber();
            int routingId = in.intNumber();
            Optional<Routing> routing =
                    routingId == NO_ROUTING ? Optional.empty() : Optional.of(Routing.ofId(routingId));
            boolean autoDelete = in.flag();
            UUID id = in.uuid();
            long ownerQueue = in.number();
            TopicSettings settings = type == TYPE_WITHOUT_SETTINGS ? TopicSettings.KEEP : TopicSettings.of(in.texts());
            boolean internal = type == TYPE && in.flag();
            Optional<String> alternate = type == TYPE ? in.optionalText() : Optional.empty();
            Map<String, String> labels = type == TYPE ? in.texts() : Map.of();
            Cut cut = type == TYPE ? Cut.decode(in) : Cut.NONE;
            TopicSpec spec =
                    new TopicSpec(name, partitions, routing, false, autoDelete, internal, alternate, labels, settings);
            return new TopicCreated(spec, id, ownerQueue, cut);
        }
    }

    /** A topic that had no routing was given one. */
    record TopicRouted(
            long topic,
            Routing routing,
            Optional<String> alternate,
            boolean internal,
            Map<String, String> labels,
            Cut cut)
            implements MetadataRecord {
        /** Of before there were alternates and internal topics; no longer written. */
        static final int TYPE_WITHOUT_ALTERNATE = 2;

        static final int TYPE = 20;

        @Override
        public void encode(FieldWriter out) {
            out.number(TYPE).number(topic).number(routing.id());
            cut.encode(out.optionalText(alternate).flag(internal).texts(labels));
        }

        static TopicRouted decode(FieldReader in) {
            long topic = in.number();
            Routing routing = Routing.ofId(in.intNumber());
            return new TopicRouted(topic, routing, in.optionalText(), in.flag(), in.texts(), Cut.decode(in));
        }
    }

    /**
     * A topic is no longer found, and nobody gets anything more from it. It is kept for the queues that have not
     * settled what they got; then it is deleted.
     */
    record TopicRetired(long topic, Cut cut) implements MetadataRecord {
        static final int TYPE = 22;

        @Override
        public void encode(FieldWriter out) {
            cut.encode(out.number(TYPE).number(topic));
        }
    }

    /** The cut goes through the topics whose records came to this one by bindings. */
    record TopicDeleted(long topic, Cut cut) implements MetadataRecord {
        /** Of before there were bindings between topics; no longer written. */
        static final int TYPE_OF_A_TOPIC_ALONE = 3;

        static final int TYPE = 15;

        @Override
        public void encode(FieldWriter out) {
            cut.encode(out.number(TYPE).number(topic));
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

    /** The cut goes through the topics of which another topic gets from now on what the queue wanted. */
    record QueueDeleted(long queue, Cut cut) implements MetadataRecord {
        /** Of before there were alternates; no longer written. */
        static final int TYPE_WITHOUT_CUT = 5;

        static final int TYPE = 16;

        @Override
        public void encode(FieldWriter out) {
            cut.encode(out.number(TYPE).number(queue));
        }
    }

    /** The binding is in force from the cut on. */
    record Bound(BindingKey key, Cut cut) implements MetadataRecord {
        /** Of before there was anything but a queue and a key; no longer written. */
        static final int TYPE_OF_A_KEY = 6;

        static final int TYPE = 17;

        @Override
        public void encode(FieldWriter out) {
            cut.encode(key.encode(out.number(TYPE)));
        }

        static Bound decodePlain(FieldReader in) {
            BindingKey key = BindingKey.decodePlain(in);
            return new Bound(key, Cut.of(key.topic(), in.numbers()));
        }
    }

    /** The binding is no longer in force from the cut on. */
    record Unbound(BindingKey key, Cut cut) implements MetadataRecord {
        /** Of before there was anything but a queue and a key; no longer written. */
        static final int TYPE_OF_A_KEY = 7;

        static final int TYPE = 18;

        @Override
        public void encode(FieldWriter out) {
            cut.encode(key.encode(out.number(TYPE)));
        }

        static Unbound decodePlain(FieldReader in) {
            BindingKey key = BindingKey.decodePlain(in);
            return new Unbound(key, Cut.of(key.topic(), in.numbers()));
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
