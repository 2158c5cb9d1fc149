package io.mainstem.broker;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * What leads from one topic to queues and other topics: its bindings, also those that have ended, for a restart routes
 * again what came before, and its alternates. Changed by the metadata loop; read by any thread.
 */
final class Bindings {

    /** The topic that routes what no binding wants, between two changes. */
    record Alternate(Topic topic, long fromVersion, long untilVersion) {
        boolean isInForce(long version) {
            return fromVersion <= version && version < untilVersion;
        }

        boolean isOpen() {
            return untilVersion == Binding.OPEN;
        }

        Alternate endingAt(long version) {
            return isOpen() ? new Alternate(topic, fromVersion, version) : this;
        }
    }

    private final Map<BindingKey, Binding> open = new LinkedHashMap<>();
    private final Map<Destination, List<Binding>> byDestination = new LinkedHashMap<>();
    private final List<Alternate> alternates = new ArrayList<>();
    private volatile @Nullable BindingIndex index;

    /** For finding out which of them want a record. */
    BindingIndex index() {
        BindingIndex present = index;
        return present == null ? makeIndex() : present;
    }

    private synchronized BindingIndex makeIndex() {
        List<Binding> all = new ArrayList<>();
        byDestination.values().forEach(all::addAll);
        BindingIndex made = new BindingIndex(all, alternates);
        index = made;
        return made;
    }

    synchronized boolean isEmpty() {
        return byDestination.isEmpty() && alternates.isEmpty();
    }

    /** Whether there are, or have been, topics that get what no binding wants. */
    synchronized boolean hasAlternates() {
        return !alternates.isEmpty();
    }

    synchronized boolean hasOpen() {
        return !open.isEmpty();
    }

    synchronized boolean hasOpen(Destination destination) {
        return byDestination.getOrDefault(destination, List.of()).stream().anyMatch(Binding::isOpen);
    }

    /** What the open bindings to a destination want. */
    synchronized List<BindingSpec> openTo(Destination destination) {
        return byDestination.getOrDefault(destination, List.of()).stream()
                .filter(Binding::isOpen)
                .map(binding -> binding.key().spec())
                .toList();
    }

    /** Whether there is no open binding but those to these destinations. */
    synchronized boolean leadNowhereBut(Set<Destination> destinations) {
        return open.values().stream().allMatch(binding -> destinations.contains(binding.destination()));
    }

    synchronized boolean isOnlyOpen(BindingKey key) {
        return open.size() == 1 && open.containsKey(key);
    }

    synchronized boolean isOpen(BindingKey key) {
        return open.containsKey(key);
    }

    /** Whether records go from here to there, or may when nobody wants them. */
    synchronized boolean leadsTo(Destination destination) {
        return hasOpen(destination)
                || alternates.stream().anyMatch(it -> it.topic().equals(destination) && it.isOpen());
    }

    /** The first change that bound the destination. */
    synchronized Optional<Long> firstVersion(Destination destination) {
        return byDestination.getOrDefault(destination, List.of()).stream()
                .map(Binding::fromVersion)
                .min(Long::compare);
    }

    synchronized List<Destination> destinations(boolean openOnly) {
        List<Destination> destinations = new ArrayList<>();
        byDestination.forEach((destination, bindings) -> {
            if (!openOnly || bindings.stream().anyMatch(Binding::isOpen)) {
                destinations.add(destination);
            }
        });
        for (Alternate alternate : alternates) {
            if (!openOnly || alternate.isOpen()) {
                destinations.add(alternate.topic());
            }
        }
        return destinations;
    }

    /** The changes that began or ended any of this, and {@link Binding#OPEN} for what has not ended. */
    synchronized LongStream versions() {
        LongStream.Builder versions = LongStream.builder();
        byDestination
                .values()
                .forEach(bindings -> bindings.forEach(
                        binding -> versions.add(binding.fromVersion()).add(binding.untilVersion())));
        alternates.forEach(it -> versions.add(it.fromVersion()).add(it.untilVersion()));
        return versions.build();
    }

    synchronized void add(Binding binding) {
        open.put(binding.key(), binding);
        put(binding);
    }

    private void put(Binding binding) {
        byDestination
                .computeIfAbsent(binding.destination(), absent -> new ArrayList<>())
                .add(binding);
        index = null;
    }

    synchronized void end(BindingKey key, long version) {
        Binding ending = open.remove(key);
        if (ending != null) {
            List<Binding> siblings = byDestination.getOrDefault(ending.destination(), List.of());
            siblings.set(siblings.indexOf(ending), ending.endingAt(version));
            index = null;
        }
    }

    /** Ends all that leads to a destination. */
    synchronized void endAll(Destination destination, long version) {
        List.copyOf(byDestination.getOrDefault(destination, List.of())).stream()
                .filter(Binding::isOpen)
                .forEach(binding -> end(binding.key(), version));
        alternates.replaceAll(it -> it.topic().equals(destination) ? it.endingAt(version) : it);
        index = null;
    }

    synchronized void endAlternates(long version) {
        alternates.replaceAll(it -> it.endingAt(version));
        index = null;
    }

    synchronized void endEverything(long version) {
        List.copyOf(open.keySet()).forEach(key -> end(key, version));
        endAlternates(version);
    }

    /** Forgets all that leads to a queue. */
    synchronized void drop(Queue queue) {
        List<Binding> dropped = byDestination.remove(queue);
        if (dropped != null) {
            dropped.forEach(binding -> open.remove(binding.key()));
            index = null;
        }
    }

    /** Ends all that leads to a queue, but remembers what it wanted. */
    synchronized void endAsGone(Queue queue, long version) {
        endAll(queue, version);
        List<Binding> ended = byDestination.remove(queue);
        if (ended != null) {
            ended.forEach(binding -> put(binding.leadingTo(Destination.GONE)));
        }
    }

    synchronized void addAlternate(Topic topic, long fromVersion) {
        alternates.add(new Alternate(topic, fromVersion, Binding.OPEN));
        index = null;
    }
}
