package io.mainstem.broker;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which queues get the records of a topic by the bindings in force at one version: those of the topic itself, those of
 * the topics that are bound to it, and where no binding of a topic wants a record, those of its alternate. Records come
 * by each topic once. Immutable, and safe for use by several threads.
 */
final class RoutingTable {

    /** A topic that every record comes by. */
    private record Station(Topic topic, BindingIndex index, boolean wantsAll) {}

    private final long version;
    private final Set<Topic> certain = new LinkedHashSet<>();
    private final List<Station> stations = new ArrayList<>();
    private final Set<Queue> whole = new LinkedHashSet<>();
    private final boolean selective;

    RoutingTable(Topic root, long version) {
        this.version = version;
        ArrayDeque<Topic> waiting = new ArrayDeque<>();
        certain.add(root);
        waiting.add(root);
        boolean anySelective = false;
        while (!waiting.isEmpty()) {
            Topic topic = waiting.remove();
            BindingIndex index = topic.bindings().index();
            boolean wantsAll = false;
            for (Binding binding : index.unconditional()) {
                if (binding.isInForce(version)) {
                    wantsAll = true;
                    if (binding.destination() instanceof Queue queue) {
                        whole.add(queue);
                    } else if (binding.destination() instanceof Topic next && certain.add(next)) {
                        waiting.add(next);
                    }
                }
            }
            stations.add(new Station(topic, index, wantsAll));
            anySelective |=
                    index.isSelective() || (!wantsAll && !index.alternates().isEmpty());
        }
        selective = anySelective;
    }

    /** All queues that are bound, or have ever been, to the topic or to one that records reach from it. */
    static Set<Queue> reachableFrom(Topic root, boolean openOnly) {
        Set<Queue> queues = new LinkedHashSet<>();
        for (Topic topic : topicsFrom(root, openOnly)) {
            for (Destination destination : topic.bindings().destinations(openOnly)) {
                if (destination instanceof Queue queue) {
                    queues.add(queue);
                }
            }
        }
        return queues;
    }

    /** Ascending, the changes that began or ended a binding or an alternate on any way from the topic. */
    static long[] versionsReachableFrom(Topic root) {
        return topicsFrom(root, false).stream()
                .flatMapToLong(topic -> topic.bindings().versions())
                .filter(version -> version != Binding.OPEN)
                .sorted()
                .distinct()
                .toArray();
    }

    private static Set<Topic> topicsFrom(Topic root, boolean openOnly) {
        Set<Topic> topics = new LinkedHashSet<>(Set.of(root));
        ArrayDeque<Topic> waiting = new ArrayDeque<>(topics);
        while (!waiting.isEmpty()) {
            for (Destination destination : waiting.remove().bindings().destinations(openOnly)) {
                if (destination instanceof Topic topic && topics.add(topic)) {
                    waiting.add(topic);
                }
            }
        }
        return topics;
    }

    /** Those that get all records; nobody needs to look at one to know. */
    Set<Queue> whole() {
        return whole;
    }

    /** Whether there may be queues that get some of the records. */
    boolean isSelective() {
        return selective;
    }

    /**
     * Adds the queues that get this record without getting all; some of them perhaps twice, and perhaps some of the
     * others too.
     */
    void find(RecordAddress address, List<Queue> found) {
        Search search = new Search(address, found);
        for (Station station : stations) {
            search.visit(station.index, station.wantsAll);
        }
        search.visitOthers();
    }

    /** Whether a record reaches any queue. */
    boolean finds(RecordAddress address) {
        if (!whole.isEmpty()) {
            return true;
        }
        List<Queue> found = new ArrayList<>();
        find(address, found);
        return !found.isEmpty();
    }

    /** The way of one record. */
    private final class Search {
        private final RecordAddress address;
        private final List<Queue> found;
        private final List<Binding> candidates = new ArrayList<>();
        private @Nullable Set<Topic> seen;
        private @Nullable ArrayDeque<Topic> waiting;

        Search(RecordAddress address, List<Queue> found) {
            this.address = address;
            this.found = found;
        }

        /** Every record comes by; whoever wants all of them is known. */
        void visit(BindingIndex index, boolean wantedAnyway) {
            candidates.clear();
            index.find(address, candidates);
            if (!follow(candidates) && !wantedAnyway) {
                for (Bindings.Alternate alternate : index.alternates()) {
                    if (alternate.isInForce(version)) {
                        go(alternate.topic());
                    }
                }
            }
        }

        /** Whether any of them is in force. */
        private boolean follow(List<Binding> bindings) {
            boolean wanted = false;
            for (int at = 0; at < bindings.size(); at++) {
                Binding binding = bindings.get(at);
                if (binding.isInForce(version)) {
                    wanted = true;
                    if (binding.destination() instanceof Queue queue) {
                        found.add(queue);
                    } else if (binding.destination() instanceof Topic topic) {
                        go(topic);
                    }
                }
            }
            return wanted;
        }

        private void go(Topic topic) {
            if (certain.contains(topic)) {
                return;
            }
            if (seen == null || waiting == null) {
                seen = new HashSet<>();
                waiting = new ArrayDeque<>();
            }
            if (seen.add(topic)) {
                waiting.add(topic);
            }
        }

        /** Goes on to the topics that only some records come by. */
        void visitOthers() {
            while (waiting != null && !waiting.isEmpty()) {
                BindingIndex index = waiting.remove().bindings().index();
                visit(index, follow(index.unconditional()));
            }
        }
    }
}
