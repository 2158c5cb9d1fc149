package io.mainstem.broker;

import io.mainstem.broker.BrokerException.Kind;
import io.mainstem.engine.Engine;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;

/** The topics of a broker. May be used from any thread. */
public final class Topics {

    /** What one topic may have. */
    public static final int PARTITIONS_LIMIT = 10_000;

    static final String OWN_TOPIC_PREFIX = "q.";
    static final int NAME_LIMIT_BYTES = 255;
    static final String INTERNAL_PREFIX = "__";

    private final Catalogue catalogue;
    private final MetadataLog metadata;
    private final BindingChanges bindingChanges;
    private final TransientNumbers numbers;

    Topics(Catalogue catalogue, MetadataLog metadata, BindingChanges bindingChanges, TransientNumbers numbers) {
        this.catalogue = catalogue;
        this.metadata = metadata;
        this.bindingChanges = bindingChanges;
        this.numbers = numbers;
    }

    public Optional<Topic> find(String name) {
        return catalogue.topic(name);
    }

    public Optional<Topic> find(UUID id) {
        return catalogue.topic(id);
    }

    /** All topics by name, also the own topics of queues. */
    public List<Topic> all() {
        return catalogue.topics().stream()
                .sorted(Comparator.comparing(Topic::name))
                .toList();
    }

    /**
     * Calls the listener after each change of what there is, until the registration is closed: a topic can be used, has
     * grown, or is gone. The listener must return at once; it may be called for other changes too.
     */
    public Engine.Registration watch(Runnable listener) {
        return catalogue.watch(listener);
    }

    /** Makes a topic; fails as TOPIC_EXISTS, INVALID_NAME, RESERVED_NAME or INVALID_PARTITIONS. */
    public CompletionStage<Topic> create(TopicSpec spec) {
        return metadata.change(() -> {
            check(spec);
            if (catalogue.topic(spec.name()).isPresent()) {
                throw new BrokerException(Kind.TOPIC_EXISTS, "topic '" + spec.name() + "' exists");
            }
            return add(spec);
        });
    }

    /**
     * The topic of this name, made if there is none. One that has no routing yet is given the declared one, with its
     * alternate. Whether an existing topic is what the caller wants, the caller sees in its spec. Fails as
     * {@link #create} does.
     */
    public CompletionStage<Topic> declare(TopicSpec spec) {
        return metadata.change(() -> {
            checkNotReserved(spec.name());
            Optional<Topic> present = catalogue.topic(spec.name());
            if (present.isEmpty()) {
                check(spec);
                return add(spec);
            }
            Topic topic = present.get();
            if (topic.spec().routing().isPresent() || spec.routing().isEmpty()) {
                return CompletableFuture.completedFuture(topic);
            }
            return bindingChanges.adopt(topic, spec, spec.routing().get()).thenApply(done -> topic);
        });
    }

    /**
     * A durable topic of the broker's own, made if there is none: clients may read it, and no more. Its name begins
     * with {@code __}, and the settings of one that is there stay as they are.
     */
    public CompletionStage<Topic> declareInternal(TopicSpec spec) {
        if (!spec.name().startsWith(INTERNAL_PREFIX) || spec.inMemory()) {
            throw new IllegalArgumentException("not an internal topic: " + spec);
        }
        return metadata.change(() -> {
            Optional<Topic> present = catalogue.topic(spec.name());
            if (present.isPresent()) {
                return CompletableFuture.completedFuture(present.get());
            }
            checkName("topic", spec.name());
            checkPartitions(spec.partitions());
            return add(spec);
        });
    }

    /**
     * Changes what is explicitly set of a topic; completes with it once the change is in force. Fails as UNKNOWN_TOPIC,
     * RESERVED_NAME for the own topic of a queue, or INVALID_SETTING.
     *
     * @param change is given the settings as they are when its turn has come, and gives what shall be set from then on;
     *     what it throws fails the stage
     */
    public CompletionStage<Topic> configure(String name, UnaryOperator<Map<String, String>> change) {
        return metadata.change(() -> {
            Topic topic = present(name);
            if (name.startsWith(OWN_TOPIC_PREFIX)) {
                throw reserved(name);
            }
            Map<String, String> before = topic.spec().settings().explicit();
            Map<String, String> after =
                    TopicSettings.of(change.apply(new TreeMap<>(before))).explicit();
            return before.equals(after)
                    ? CompletableFuture.completedFuture(topic)
                    : change(topic, new MetadataRecord.TopicConfigured(topic.number(), after))
                            .thenApply(done -> topic);
        });
    }

    /**
     * Adds partitions, empty ones behind those that there are; completes once they can be used. What publishers send
     * with a key goes elsewhere from then on. Fails as UNKNOWN_TOPIC, RESERVED_NAME, or INVALID_PARTITIONS if the topic
     * has as many already.
     *
     * @param total how many there shall be
     */
    public CompletionStage<Topic> addPartitions(String name, int total) {
        return metadata.change(() -> {
            Topic topic = present(name);
            checkNotReserved(name);
            checkPartitions(total);
            if (total <= topic.partitions()) {
                throw new BrokerException(
                        Kind.INVALID_PARTITIONS,
                        "topic '" + name + "' has " + topic.partitions() + " partitions; " + total
                                + " would not be more");
            }
            return change(topic, new MetadataRecord.PartitionsAdded(topic.number(), total))
                    .thenApply(done -> topic);
        });
    }

    /**
     * Removes a topic as {@link #delete} does, but queues keep what they have got from it, and its records go when they
     * have settled that.
     */
    public CompletionStage<Void> retire(String name, boolean ifUnused) {
        return metadata.change(() -> {
                    Topic topic = present(name);
                    checkNotReserved(name);
                    if (ifUnused && topic.bindings().hasOpen()) {
                        throw new BrokerException(Kind.IN_USE, "topic '" + name + "' in use");
                    }
                    return bindingChanges.retire(topic);
                })
                .thenRun(this::deleteSettled);
    }

    /** Deletes what was retired and no queue needs any more; completes when it was looked at. */
    CompletionStage<Void> deleteSettled() {
        return Topic.all(
                catalogue.retired(),
                topic -> topic.isNeeded()
                        .thenCompose(needed -> needed
                                ? CompletableFuture.completedFuture(null)
                                : metadata.change(
                                        () -> catalogue.topic(topic.number()).isPresent()
                                                ? bindingChanges.remove(topic)
                                                : CompletableFuture.completedFuture(null))));
    }

    /** Removes a topic and its records; fails as UNKNOWN_TOPIC, RESERVED_NAME, or IN_USE if it has bindings. */
    public CompletionStage<Void> delete(String name, boolean ifUnused) {
        return metadata.change(() -> {
            Topic topic = present(name);
            checkNotReserved(name);
            if (ifUnused && topic.bindings().hasOpen()) {
                throw new BrokerException(Kind.IN_USE, "topic '" + name + "' in use");
            }
            return bindingChanges.remove(topic);
        });
    }

    /**
     * Lets a topic route, besides its own records, those of another that a binding wants, as if they had been published
     * to it; a queue gets one copy, whatever the ways. Nothing is copied. Topics may be bound in circles. Binding again
     * in the same way changes nothing. Fails as UNKNOWN_TOPIC, RESERVED_NAME or INVALID_BINDING.
     */
    public CompletionStage<Void> bind(Topic source, Topic destination, BindingSpec spec) {
        try {
            checkNotReserved(source.name());
            checkNotReserved(destination.name());
        } catch (BrokerException e) {
            return CompletableFuture.failedFuture(e);
        }
        return bindingChanges.bind(source, destination, spec);
    }

    /** Ends such a binding; what was routed stays. Ending what is not there changes nothing. */
    public CompletionStage<Void> unbind(Topic source, Topic destination, BindingSpec spec) {
        return bindingChanges.unbind(source, destination, spec);
    }

    private CompletionStage<Topic> add(TopicSpec spec) {
        return bindingChanges.add(spec, MetadataRecord.NO_OWNER);
    }

    /** Within a change: applies it, durably unless the topic is not durable itself. */
    private CompletionStage<Void> change(Topic topic, MetadataRecord change) {
        CompletionStage<Long> changed = topic.spec().inMemory() ? applyTransient(change) : metadata.append(change);
        return changed.thenApply(offset -> null);
    }

    private CompletionStage<Long> applyTransient(MetadataRecord change) {
        long number = numbers.next();
        return catalogue.apply(change, number).thenApply(done -> number);
    }

    private Topic present(String name) {
        return catalogue.topic(name).orElseThrow(() -> unknown(name));
    }

    static BrokerException unknown(String name) {
        return BrokerException.unknownTopic(name);
    }

    private static void check(TopicSpec spec) {
        checkName("topic", spec.name());
        checkNotReserved(spec.name());
        spec.alternate().ifPresent(alternate -> {
            checkName("topic", alternate);
            checkNotReserved(alternate);
        });
        checkPartitions(spec.partitions());
    }

    private static void checkPartitions(int partitions) {
        if (partitions < 1 || partitions > PARTITIONS_LIMIT) {
            throw new BrokerException(
                    Kind.INVALID_PARTITIONS, "a topic has 1 to " + PARTITIONS_LIMIT + " partitions, not " + partitions);
        }
    }

    private static void checkNotReserved(String name) {
        if (name.startsWith(OWN_TOPIC_PREFIX) || name.startsWith(INTERNAL_PREFIX)) {
            throw reserved(name);
        }
    }

    private static BrokerException reserved(String name) {
        return new BrokerException(
                Kind.RESERVED_NAME, "names that begin with q. or __ belong to the broker: '" + name + "'");
    }

    static void checkName(String what, String name) {
        boolean control = name.chars().anyMatch(Character::isISOControl);
        if (name.isEmpty() || control || name.getBytes(StandardCharsets.UTF_8).length > NAME_LIMIT_BYTES) {
            throw new BrokerException(
                    Kind.INVALID_NAME,
                    "a " + what + " name has 1 to " + NAME_LIMIT_BYTES + " bytes of UTF-8 and no control characters");
        }
    }
}
