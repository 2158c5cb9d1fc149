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

/** The bindings of a topic at one time, as they apply to one of its logs: by queue, because a queue gets one copy. */
final class RoutingTable {

    private static final Logger LOG = LoggerFactory.getLogger(RoutingTable.class);

    /** One queue with its bindings, and which records of the present stretch it gets. */
    private static final class Route {
        private static final int INITIAL_COUNT = 16;

        final Queue queue;
        final List<Binding> bindings = new ArrayList<>();
        int[] selection = new int[INITIAL_COUNT];
        int selected;

        Route(Queue queue) {
            this.queue = queue;
        }

        boolean wantsAll(int partition, long first, long last) {
            for (Binding binding : bindings) {
                if (binding.wantsAll(partition, first, last)) {
                    return true;
                }
            }
            return false;
        }

        boolean wants(int partition, Record record) {
            for (Binding binding : bindings) {
                if (binding.isInForce(partition, record.offset())
                        && binding.filter().matches(record.key())) {
                    return true;
                }
            }
            return false;
        }

        void select(int index) {
            if (selected == selection.length) {
                selection = Arrays.copyOf(selection, 2 * selected);
            }
            selection[selected++] = index;
        }

        /** Null when the queue gets all. */
        int @Nullable [] takeSelection(int count) {
            int[] taken = selected == count ? null : Arrays.copyOf(selection, selected);
            selected = 0;
            return taken;
        }
    }

    private final Topic topic;
    private final int partition;
    private final List<Route> routes;

    RoutingTable(Topic topic, int partition, List<Binding> bindings) {
        this.topic = topic;
        this.partition = partition;
        Map<Queue, Route> byQueue = new LinkedHashMap<>();
        for (Binding binding : bindings) {
            byQueue.computeIfAbsent(binding.queue(), Route::new).bindings.add(binding);
        }
        routes = List.copyOf(byQueue.values());
    }

    boolean isEmpty() {
        return routes.isEmpty();
    }

    /** Tells each queue its share of the batches, from an offset on; returns the offset after the last. */
    long route(long fromOffset, ByteBuffer batches) {
        RecordFacts facts = new RecordFacts();
        long nextOffset = fromOffset;
        int position = batches.position();
        while (position < batches.limit()) {
            RecordBatch batch = RecordBatch.at(batches, position);
            if (!batch.isControl() && batch.lastOffset() >= fromOffset) {
                route(Math.max(fromOffset, batch.baseOffset()), batch, facts);
            }
            nextOffset = batch.nextOffset();
            position = batch.end();
        }
        tellQueues(fromOffset, nextOffset, facts);
        return nextOffset;
    }

    /** There are no records between these offsets any more. */
    void skip(long fromOffset, long throughOffset) {
        tellQueues(fromOffset, throughOffset, new RecordFacts());
    }

    private void route(long first, RecordBatch batch, RecordFacts facts) {
        List<Route> whole = new ArrayList<>(routes.size());
        List<Route> selective = new ArrayList<>(routes.size());
        for (Route route : routes) {
            (route.wantsAll(partition, first, batch.lastOffset()) ? whole : selective).add(route);
        }
        long nextOffset = first;
        try {
            RecordReader reader = new RecordReader(batch);
            while (reader.hasNext()) {
                Record record = reader.next();
                if (record.offset() >= first) {
                    nextOffset = record.offset() + 1;
                    add(record, facts, whole, selective);
                }
            }
        } catch (CorruptRecordException e) {
            LOG.warn(
                    "{}-{}: the batch at offset {} cannot be decoded and is routed by no key: {}",
                    topic.name(),
                    partition,
                    batch.baseOffset(),
                    e.getMessage());
            addUnreadable(nextOffset, batch, facts, whole);
        }
    }

    private void add(Record record, RecordFacts facts, List<Route> whole, List<Route> selective) {
        int index = facts.count();
        facts.add(record);
        for (Route route : whole) {
            route.select(index);
        }
        for (Route route : selective) {
            if (route.wants(partition, record)) {
                route.select(index);
            }
        }
    }

    private static void addUnreadable(long first, RecordBatch batch, RecordFacts facts, List<Route> whole) {
        for (long offset = first; !whole.isEmpty() && offset <= batch.lastOffset(); offset++) {
            int index = facts.count();
            facts.addUnreadable(offset, batch.maxTimestampMillis());
            whole.forEach(route -> route.select(index));
        }
    }

    private void tellQueues(long fromOffset, long throughOffset, RecordFacts facts) {
        for (Route route : routes) {
            int[] selection = route.takeSelection(facts.count());
            route.queue.routed(new Routed(topic, partition, fromOffset, throughOffset, facts, selection));
        }
    }
}
