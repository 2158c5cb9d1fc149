package io.mainstem.broker;

import io.mainstem.engine.batch.CorruptRecordException;
import io.mainstem.engine.batch.Record;
import io.mainstem.engine.batch.RecordBatch;
import io.mainstem.engine.batch.RecordReader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands out the records of one log to the queues that the {@link RoutingTable} names. Queues that get nothing are told
 * how far the log was routed only now and then, so that a thousand selective queues cost no more than those that get
 * something. Belongs to the topic's event loop.
 */
final class Distribution {

    private static final Logger LOG = LoggerFactory.getLogger(Distribution.class);

    /** One queue, and which records of the present stretch it gets. */
    private static final class Route {
        private static final int INITIAL_COUNT = 16;
        private static final int MOST_TO_KEEP = 1 << 10;
        private static final int[] NOTHING = {};

        final Queue queue;

        /** It knows the routing of everything below. */
        long toldThrough;

        /** Gets all of the stretch so far, and nothing stands in the selection. */
        boolean whole;

        int[] selection = NOTHING;
        int selected;

        Route(Queue queue, long toldThrough) {
            this.queue = queue;
            this.toldThrough = toldThrough;
        }

        /** False when it has been selected before. */
        boolean select(int index) {
            if (selected > 0 && selection[selected - 1] == index) {
                return false;
            }
            if (selected == selection.length) {
                selection = Arrays.copyOf(selection, Math.max(INITIAL_COUNT, 2 * selected));
            }
            selection[selected++] = index;
            return true;
        }

        /** From now on it no longer gets all, but it has got all below the index. */
        void selectOneByOne(int index) {
            whole = false;
            for (int before = 0; before < index; before++) {
                select(before);
            }
        }

        int[] takeSelection() {
            int[] taken = Arrays.copyOf(selection, selected);
            selected = 0;
            if (selection.length > MOST_TO_KEEP) {
                selection = NOTHING;
            }
            return taken;
        }
    }

    private final Topic topic;
    private final int partition;
    private final Map<Queue, Route> routes = new LinkedHashMap<>();
    private final RecordAddress address;
    private final List<Queue> found = new ArrayList<>();

    /** Those that have been selected in the present stretch, and those that want all of it. */
    private final List<Route> selective = new ArrayList<>();

    private final List<Route> whole = new ArrayList<>();

    /** Of {@link #whole}: those that are selected one by one after all, because they did not get a dead letter. */
    private final List<Route> spared = new ArrayList<>();

    /** Whether there may be records that are no messages of this topic. */
    private final boolean keepsRelocated;

    private RecordFacts facts = new RecordFacts();
    private boolean bindingsChanged;
    private boolean somebodyIsBehind;

    Distribution(Topic topic, int partition, TypedHeaders typedHeaders) {
        this.topic = topic;
        this.partition = partition;
        this.keepsRelocated = topic.name().startsWith(Topics.OWN_TOPIC_PREFIX);
        this.address = new RecordAddress(typedHeaders);
    }

    /** The bindings are no longer what they were. */
    void bindingsChanged() {
        bindingsChanged = true;
    }

    /** Whether there was no queue to tell anything. */
    boolean isEmpty() {
        return routes.isEmpty();
    }

    /** Whether there are queues that were not told of the last stretches, in which there was nothing for them. */
    boolean isSomebodyBehind() {
        return somebodyIsBehind;
    }

    /** A queue knows no more than what is below the offset. */
    void goBack(long knownThrough) {
        for (Route route : routes.values()) {
            route.toldThrough = Math.min(route.toldThrough, knownThrough);
        }
    }

    /** Tells the queues of their share of the batches, from an offset on; returns the offset after the last. */
    long route(long fromOffset, ByteBuffer batches, Versions versions) {
        refresh(fromOffset);
        RoutingTable table = tableAt(fromOffset, versions);
        long nextChange = versions.nextChangeAfter(fromOffset);
        begin(table);
        long nextOffset = fromOffset;
        int position = batches.position();
        while (position < batches.limit()) {
            RecordBatch batch = RecordBatch.at(batches, position);
            long first = Math.max(fromOffset, batch.baseOffset());
            if (first >= nextChange) {
                tellThoseWithRecords(first);
                table = tableAt(first, versions);
                nextChange = versions.nextChangeAfter(first);
                begin(table);
            }
            if (!batch.isControl() && batch.lastOffset() >= fromOffset) {
                route(first, batch, table);
            }
            nextOffset = batch.nextOffset();
            position = batch.end();
        }
        tellThoseWithRecords(nextOffset);
        return nextOffset;
    }

    /** Tells all queues that there are no records between these offsets any more. */
    void skip(long fromOffset, long throughOffset) {
        refresh(fromOffset);
        tellEverybody(throughOffset);
    }

    /** Tells all queues how far the log was routed. */
    void tellEverybody(long routedThrough) {
        refresh(routedThrough);
        for (Route route : routes.values()) {
            tell(route, routedThrough, RecordFacts.NONE, null);
        }
        somebodyIsBehind = false;
    }

    private void refresh(long routedThrough) {
        if (bindingsChanged) {
            bindingsChanged = false;
            var reachable = RoutingTable.reachableFrom(topic, false);
            routes.keySet().retainAll(reachable);
            reachable.forEach(queue -> routes.computeIfAbsent(queue, absent -> new Route(queue, routedThrough)));
        }
    }

    private RoutingTable tableAt(long offset, Versions versions) {
        long version = versions.at(offset);
        return version == versions.latest() ? topic.routingTable() : new RoutingTable(topic, version);
    }

    private void begin(RoutingTable table) {
        for (Queue queue : table.whole()) {
            Route route = routes.get(queue);
            if (route != null) {
                route.whole = true;
                whole.add(route);
            }
        }
    }

    private void route(long first, RecordBatch batch, RoutingTable table) {
        long nextOffset = first;
        try {
            RecordReader reader = new RecordReader(batch);
            while (reader.hasNext()) {
                Record record = reader.next();
                if (record.offset() >= first) {
                    nextOffset = record.offset() + 1;
                    route(record, table);
                }
            }
        } catch (CorruptRecordException e) {
            LOG.warn(
                    "{}-{}: the batch at offset {} cannot be decoded and is routed by no key: {}",
                    topic.name(),
                    partition,
                    batch.baseOffset(),
                    e.getMessage());
            addUnreadable(nextOffset, batch);
        }
    }

    private void route(Record record, RoutingTable table) {
        if (keepsRelocated && RelocatedFrom.isRelocated(record)) {
            return;
        }
        address.set(record);
        found.clear();
        if (table.isSelective()) {
            table.find(address, found);
        }
        if (whole.isEmpty() && found.isEmpty()) {
            return;
        }
        int index = facts.count();
        facts.add(record);
        List<Death> deaths = address.hasDied() ? Death.of(record) : List.of();
        if (!deaths.isEmpty()) {
            whole.stream()
                    .filter(route -> route.whole && Death.goesInCircles(deaths, route.queue.name()))
                    .forEach(route -> {
                        route.selectOneByOne(index);
                        spared.add(route);
                        if (index > 0) {
                            selective.add(route);
                        }
                    });
        }
        for (int at = 0; at < spared.size(); at++) {
            select(spared.get(at), index, deaths);
        }
        for (int at = 0; at < found.size(); at++) {
            Route route = routes.get(found.get(at));
            if (route != null && !route.whole) {
                select(route, index, deaths);
            }
        }
    }

    /** The one place where a queue does not get what its bindings want. */
    private void select(Route route, int index, List<Death> deaths) {
        if (!deaths.isEmpty() && Death.goesInCircles(deaths, route.queue.name())) {
            return;
        }
        if (route.select(index) && route.selected == 1) {
            selective.add(route);
        }
    }

    private void addUnreadable(long first, RecordBatch batch) {
        for (long offset = first; !whole.isEmpty() && offset <= batch.lastOffset(); offset++) {
            int index = facts.count();
            facts.addUnreadable(offset, batch.maxTimestampMillis());
            spared.forEach(route -> select(route, index, List.of()));
        }
    }

    /** Ends the stretch. */
    private void tellThoseWithRecords(long throughOffset) {
        int told = 0;
        for (Route route : whole) {
            if (route.whole && facts.count() > 0) {
                tell(route, throughOffset, facts, null);
                told++;
            }
            route.whole = false;
        }
        for (Route route : selective) {
            int[] selection = route.takeSelection();
            tell(route, throughOffset, facts, selection.length == facts.count() ? null : selection);
            told++;
        }
        whole.clear();
        selective.clear();
        spared.clear();
        if (facts.count() > 0) {
            facts = new RecordFacts();
        }
        somebodyIsBehind = told < routes.size();
    }

    private void tell(Route route, long throughOffset, RecordFacts about, int @Nullable [] selection) {
        if (route.toldThrough < throughOffset) {
            route.queue.routed(new Routed(topic, partition, route.toldThrough, throughOffset, about, selection));
            route.toldThrough = throughOffset;
        }
    }
}
