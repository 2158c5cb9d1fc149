package io.mainstem.broker;

import io.mainstem.broker.BrokerException.Kind;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * Changes of what leads where. Each takes effect between two records of every topic that it concerns, those from which
 * records reach the place of the change, so that a restart routes as the running broker did.
 */
final class BindingChanges {

    /** @param kept whether it outlives the process */
    private record Change(MetadataRecord record, boolean kept) {}

    private final BrokerContext context;
    private final Catalogue catalogue;
    private final MetadataLog metadata;
    private final TransientNumbers numbers;

    BindingChanges(BrokerContext context, Catalogue catalogue, MetadataLog metadata, TransientNumbers numbers) {
        this.context = context;
        this.catalogue = catalogue;
        this.metadata = metadata;
        this.numbers = numbers;
    }

    CompletionStage<Void> bind(Topic source, Destination destination, BindingSpec spec) {
        return metadata.change(() -> {
            check(spec);
            checkPresent(source);
            checkPresent(destination);
            BindingKey key = BindingKey.of(source, destination, spec);
            if (source.bindings().isOpen(key)) {
                return CompletableFuture.completedFuture(null);
            }
            boolean kept = isKept(source) && isKept(destination);
            return betweenRecords(reaching(source), cut -> apply(new MetadataRecord.Bound(key, cut), kept));
        });
    }

    CompletionStage<Void> unbind(Topic source, Destination destination, BindingSpec spec) {
        return metadata.change(() -> {
            checkPresent(source);
            checkPresent(destination);
            BindingKey key = BindingKey.of(source, destination, spec);
            if (!source.bindings().isOpen(key)) {
                return CompletableFuture.completedFuture(null);
            }
            boolean kept = isKept(source) && isKept(destination);
            boolean lastOne = source.spec().autoDelete() && source.bindings().isOnlyOpen(key);
            Set<Topic> going = lastOne ? withAllThatGoesToo(source) : Set.of();
            return betweenRecords(
                    reaching(source), cut -> apply(new Change(new MetadataRecord.Unbound(key, cut), kept), going, cut));
        });
    }

    /** Within a change. */
    CompletionStage<Topic> add(TopicSpec spec, long ownerQueue) {
        return betweenRecords(
                        catalogue.graph().waitingFor(spec.name()),
                        cut -> apply(
                                new MetadataRecord.TopicCreated(spec, UUID.randomUUID(), ownerQueue, cut),
                                !spec.inMemory()))
                .thenApply(done -> catalogue.topic(spec.name()).orElseThrow());
    }

    /** Within a change: gives a topic without routing that of a spec. */
    CompletionStage<Void> adopt(Topic topic, TopicSpec spec, Routing routing) {
        Set<Topic> concerned = spec.alternate().isPresent() ? reaching(topic) : Set.of();
        return betweenRecords(
                concerned,
                cut -> apply(
                        new MetadataRecord.TopicRouted(
                                topic.number(), routing, spec.alternate(), spec.internal(), spec.labels(), cut),
                        isKept(topic)));
    }

    /** Within a change. */
    CompletionStage<Void> remove(Topic topic) {
        Set<Topic> going = withAllThatGoesToo(topic);
        Set<Topic> concerned = new LinkedHashSet<>();
        going.forEach(it -> concerned.addAll(reaching(it)));
        concerned.removeAll(going);
        going.remove(topic);
        return betweenRecords(
                concerned,
                cut -> apply(
                        new Change(new MetadataRecord.TopicDeleted(topic.number(), cut), isKept(topic)), going, cut));
    }

    /** Within a change: as {@link #remove(Topic)}, but queues keep what they have got. */
    CompletionStage<Void> retire(Topic topic) {
        Set<Topic> going = withAllThatGoesToo(topic);
        Set<Topic> concerned = new LinkedHashSet<>();
        going.forEach(it -> concerned.addAll(reaching(it)));
        going.remove(topic);
        return betweenRecords(
                concerned,
                cut -> apply(
                        new Change(new MetadataRecord.TopicRetired(topic.number(), cut), isKept(topic)), going, cut));
    }

    /** Within a change. */
    CompletionStage<Void> remove(Queue queue) {
        Set<Topic> going = topicsGoingWith(queue);
        Set<Topic> concerned = new LinkedHashSet<>();
        going.forEach(it -> concerned.addAll(reaching(it)));
        // What it wanted goes to the alternate from now on, but not what came before.
        catalogue.graph().boundTo(queue).stream()
                .filter(topic -> isKept(queue) && topic.bindings().hasAlternates())
                .forEach(topic -> concerned.addAll(reaching(topic)));
        concerned.removeAll(going);
        return betweenRecords(
                concerned,
                cut -> apply(
                        new Change(new MetadataRecord.QueueDeleted(queue.number(), cut), isKept(queue)), going, cut));
    }

    private Set<Topic> withAllThatGoesToo(Topic topic) {
        Set<Topic> going = new LinkedHashSet<>(Set.of(topic));
        going.addAll(topicsGoingWith(topic));
        return going;
    }

    /**
     * Topics that go with their last binding, which goes with this end. A queue's own topic always goes with its queue.
     */
    private Set<Topic> topicsGoingWith(Destination first) {
        Set<Destination> gone = new LinkedHashSet<>(Set.of(first));
        Set<Topic> going = new LinkedHashSet<>();
        ArrayDeque<Destination> waiting = new ArrayDeque<>(gone);
        while (!waiting.isEmpty()) {
            for (Topic source : catalogue.graph().boundTo(waiting.remove())) {
                if (source.spec().autoDelete() && source.bindings().leadNowhereBut(gone) && gone.add(source)) {
                    going.add(source);
                    waiting.add(source);
                }
            }
        }
        return going;
    }

    /**
     * Runs a change between two records: what this broker published before is settled, and nothing is routed until the
     * change has taken effect.
     */
    private CompletionStage<Void> betweenRecords(
            Collection<Topic> topics, Function<Cut, CompletionStage<Void>> change) {
        return Topic.all(topics, Topic::settled)
                .thenCompose(settled -> Topic.all(topics, Topic::pause))
                .thenComposeAsync(
                        paused -> change.apply(Cut.behind(topics)),
                        context.loops().metadata())
                .whenComplete((done, failure) -> topics.forEach(Topic::resume));
    }

    private CompletionStage<Void> apply(MetadataRecord change, boolean kept) {
        return apply(new Change(change, kept), Set.of(), Cut.NONE);
    }

    /** Applies a change and the end of the topics that go with it; of all this, what is kept is durable at once. */
    private CompletionStage<Void> apply(Change change, Set<Topic> going, Cut cut) {
        List<Change> changes = new ArrayList<>(List.of(change));
        going.forEach(it -> changes.add(new Change(gone(it, cut), isKept(it))));
        List<MetadataRecord> kept =
                changes.stream().filter(Change::kept).map(Change::record).toList();
        CompletionStage<Void> applied = kept.isEmpty()
                ? CompletableFuture.completedFuture(null)
                : metadata.append(kept).thenApply(offset -> null);
        for (Change fleeting : changes) {
            if (!fleeting.kept()) {
                applied = applied.thenComposeAsync(
                        before -> catalogue.apply(fleeting.record(), numbers.next()),
                        context.loops().metadata());
            }
        }
        return applied;
    }

    /** What was sent straight to a queue goes with it; what else goes is kept for queues that still need it. */
    private static MetadataRecord gone(Topic topic, Cut cut) {
        return topic.name().startsWith(Topics.OWN_TOPIC_PREFIX)
                ? new MetadataRecord.TopicDeleted(topic.number(), cut)
                : new MetadataRecord.TopicRetired(topic.number(), cut);
    }

    private Set<Topic> reaching(Topic topic) {
        return catalogue.graph().reaching(topic);
    }

    /** A binding is as lasting as the less lasting of its ends. */
    private static boolean isKept(Destination end) {
        return end instanceof Queue queue
                ? queue.spec().isPersistent()
                : !((Topic) end).spec().inMemory();
    }

    private void checkPresent(Destination end) {
        if (end instanceof Queue queue
                && catalogue.queue(queue.name()).filter(queue::equals).isEmpty()) {
            throw Queues.unknown(queue.name());
        }
        if (end instanceof Topic topic
                && catalogue.topic(topic.name()).filter(topic::equals).isEmpty()) {
            throw Topics.unknown(topic.name());
        }
    }

    private static void check(BindingSpec spec) {
        if (spec.key().getBytes(StandardCharsets.UTF_8).length > BindingSpec.KEY_LIMIT_BYTES) {
            throw new BrokerException(
                    Kind.INVALID_BINDING, "a binding's key has up to " + BindingSpec.KEY_LIMIT_BYTES + " bytes");
        }
        if (spec.headers().size() > BindingSpec.HEADERS_LIMIT) {
            throw new BrokerException(
                    Kind.INVALID_BINDING, "a binding has up to " + BindingSpec.HEADERS_LIMIT + " headers");
        }
    }
}
