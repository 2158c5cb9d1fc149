package io.mainstem.broker;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.function.Function;
import java.util.function.LongFunction;

/**
 * How topics and queues hang together: who gets records from whom, by bindings and as an alternate, now and before.
 * Changed by the metadata loop only; read from any thread.
 */
final class TopicGraph {

    /** A log that a queue gets records from, and the first offset that any of them may have. */
    record Inlet(Topic topic, int partition, long fromOffset) {}

    private static final Comparator<Topic> BY_NUMBER = Comparator.comparingLong(Topic::number);

    private final Map<Destination, Set<Topic>> sources = new ConcurrentHashMap<>();
    private final Map<String, Set<Topic>> byAlternate = new HashMap<>();
    private final LongFunction<Optional<Topic>> topicOf;
    private final Function<String, Optional<Topic>> topicNamed;

    /** Counts changes in the order in which they take effect. A restart counts anew. */
    private long version = Versions.NONE;

    /**
     * @param topicOf finds the topics that exist
     * @param topicNamed finds them by name
     */
    TopicGraph(LongFunction<Optional<Topic>> topicOf, Function<String, Optional<Topic>> topicNamed) {
        this.topicOf = topicOf;
        this.topicNamed = topicNamed;
    }

    /** The topics that have open bindings to the destination. */
    List<Topic> boundTo(Destination destination) {
        return sources.getOrDefault(destination, Set.of()).stream()
                .filter(topic -> topic.bindings().hasOpen(destination))
                .toList();
    }

    /** All topics whose records come to this one, and itself. */
    Set<Topic> reaching(Topic topic) {
        return reaching(topic, true);
    }

    private Set<Topic> reaching(Topic topic, boolean openOnly) {
        Set<Topic> reaching = new LinkedHashSet<>(Set.of(topic));
        ArrayDeque<Topic> waiting = new ArrayDeque<>(reaching);
        while (!waiting.isEmpty()) {
            Topic destination = waiting.remove();
            for (Topic source : sources.getOrDefault(destination, Set.of())) {
                if ((!openOnly || source.bindings().leadsTo(destination)) && reaching.add(source)) {
                    waiting.add(source);
                }
            }
        }
        return reaching;
    }

    /** Where a queue gets records from, also by what has ended since. */
    List<Inlet> inlets(Queue queue) {
        Map<Topic, Long> versions = new LinkedHashMap<>();
        for (Topic bound : sources.getOrDefault(queue, Set.of())) {
            bound.bindings()
                    .firstVersion(queue)
                    .ifPresent(
                            first -> reaching(bound, false).forEach(topic -> versions.merge(topic, first, Math::min)));
        }
        List<Inlet> inlets = new ArrayList<>();
        versions.forEach((topic, first) -> {
            boolean present = topicOf.apply(topic.number()).isPresent();
            for (int partition = 0; present && partition < topic.partitions(); partition++) {
                long fromOffset = topic.firstOffsetFrom(partition, first);
                if (fromOffset != Long.MAX_VALUE) {
                    inlets.add(new Inlet(topic, partition, fromOffset));
                }
            }
        });
        return inlets;
    }

    /** All topics whose records will come to a topic of this name when it is made, because it is an alternate. */
    Set<Topic> waitingFor(String name) {
        Set<Topic> waiting = new LinkedHashSet<>();
        byAlternate.getOrDefault(name, Set.of()).forEach(topic -> waiting.addAll(reaching(topic)));
        return waiting;
    }

    /**
     * A topic has been made, and nobody has published to it yet.
     *
     * @param owner the queue whose own topic it is, which gets all its records
     */
    void add(Topic topic, Optional<Queue> owner, Cut cut) {
        version++;
        topic.change(new long[topic.partitions()], version);
        byAlternate.getOrDefault(topic.name(), Set.of()).forEach(from -> connect(from, topic));
        topic.spec().alternate().ifPresent(alternate -> addAlternate(topic, alternate));
        owner.ifPresent(
                queue -> bind(topic, queue, BindingKey.of(topic, queue, BindingSpec.key("")), new Filter.All()));
        topic.bindingsChanged();
        apply(cut);
    }

    /** The logs of a new topic are open. */
    void opened(Topic topic, Cut cut) {
        expect(topic, Cut.of(topic.number(), new long[topic.partitions()]));
        expect(topic, cut);
    }

    void bind(Topic source, Destination destination, BindingKey key, Cut cut) {
        version++;
        bind(source, destination, key, Filter.of(source.routing(), key.spec()));
        apply(cut);
        expect(destination, cut);
    }

    private void bind(Topic source, Destination destination, BindingKey key, Filter filter) {
        source.bindings().add(Binding.open(key, destination, filter, version));
        sources(destination).add(source);
    }

    void unbind(Topic source, BindingKey key, Cut cut) {
        version++;
        source.bindings().end(key, version);
        apply(cut);
    }

    /** A topic that had no routing has been given one. */
    void adopt(Topic topic, MetadataRecord.TopicRouted routed) {
        version++;
        topic.spec().alternate().ifPresent(former -> withAlternate(former).remove(topic));
        topic.bindings().endAlternates(version);
        topic.adopt(routed);
        routed.alternate().ifPresent(alternate -> addAlternate(topic, alternate));
        apply(routed.cut());
        routed.alternate().flatMap(topicNamed).ifPresent(alternate -> expect(alternate, routed.cut()));
    }

    /** A topic leads nowhere any more, and nothing leads to it; what it has led to so far is remembered. */
    void retire(Topic topic, Cut cut) {
        version++;
        endAll(topic);
        apply(cut);
    }

    private void endAll(Topic topic) {
        sources.getOrDefault(topic, Set.of())
                .forEach(source -> source.bindings().endAll(topic, version));
        topic.bindings().endEverything(version);
        topic.spec().alternate().ifPresent(alternate -> withAlternate(alternate).remove(topic));
    }

    void remove(Topic topic, Cut cut) {
        version++;
        endAll(topic);
        if (sources.getOrDefault(topic, Set.of()).isEmpty()) {
            // Nobody will ever ask again what led from here.
            topic.bindings()
                    .destinations(false)
                    .forEach(destination -> sources(destination).remove(topic));
        }
        apply(cut);
    }

    /**
     * What a queue that is kept has wanted is remembered where an alternate would get it when records are routed again.
     * The bindings of other queues a restart does not know anyway.
     */
    void remove(Queue queue, Cut cut) {
        version++;
        Set<Topic> from = sources.getOrDefault(queue, Set.of());
        Set<Topic> concerned = new LinkedHashSet<>();
        for (Topic source : from) {
            if (queue.spec().isPersistent() && source.bindings().hasAlternates()) {
                source.bindings().endAsGone(queue, version);
            } else {
                source.bindings().drop(queue);
            }
            concerned.addAll(reaching(source, false));
        }
        sources.remove(queue);
        apply(cut);
        concerned.forEach(Topic::bindingsChanged);
    }

    private void addAlternate(Topic topic, String alternate) {
        withAlternate(alternate).add(topic);
        topicNamed.apply(alternate).ifPresent(to -> connect(topic, to));
    }

    private void connect(Topic from, Topic alternate) {
        from.bindings().addAlternate(alternate, version);
        sources(alternate).add(from);
    }

    /** The change takes effect. */
    private void apply(Cut cut) {
        cut.offsetsByTopic()
                .forEach((number, offsets) -> topicOf.apply(number).ifPresent(topic -> {
                    topic.change(offsets, version);
                    topic.bindingsChanged();
                }));
    }

    /** Who is behind the destination gets records from the cut on. */
    private void expect(Destination destination, Cut cut) {
        Set<Queue> queues = destination instanceof Queue queue
                ? Set.of(queue)
                : RoutingTable.reachableFrom((Topic) destination, true);
        cut.offsetsByTopic()
                .forEach((number, offsets) -> topicOf.apply(number).ifPresent(topic -> {
                    for (int partition = 0; partition < offsets.length; partition++) {
                        topic.expect(queues, partition, offsets[partition]);
                    }
                }));
    }

    private Set<Topic> withAlternate(String name) {
        return byAlternate.computeIfAbsent(name, absent -> new LinkedHashSet<>());
    }

    private Set<Topic> sources(Destination destination) {
        return sources.computeIfAbsent(destination, absent -> new ConcurrentSkipListSet<>(BY_NUMBER));
    }
}
