package io.mainstem.broker;

import io.mainstem.engine.batch.CorruptRecordException;
import io.mainstem.engine.batch.Record;
import io.mainstem.engine.batch.RecordBatch;
import io.mainstem.engine.batch.RecordReader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The bindings of a topic at one time, as they apply to one of its logs: by queue, because a queue gets one copy. */
final class RoutingTable {

    private static final Logger LOG = LoggerFactory.getLogger(RoutingTable.class);

    /** One queue with its bindings. */
    private static final class Route {
        final Queue queue;
        final List<Binding> bindings = new ArrayList<>();
        LongStream.Builder offsets = LongStream.builder();

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
        long nextOffset = fromOffset;
        int position = batches.position();
        while (position < batches.limit()) {
            RecordBatch batch = RecordBatch.at(batches, position);
            if (!batch.isControl() && batch.lastOffset() >= fromOffset) {
                route(fromOffset, batch);
            }
            nextOffset = batch.nextOffset();
            position = batch.end();
        }
        tellQueues(fromOffset, nextOffset);
        return nextOffset;
    }

    /** There are no records between these offsets any more. */
    void skip(long fromOffset, long throughOffset) {
        tellQueues(fromOffset, throughOffset);
    }

    private void route(long fromOffset, RecordBatch batch) {
        long first = Math.max(fromOffset, batch.baseOffset());
        boolean isWhole = batch.recordCount() == batch.lastOffsetDelta() + 1;
        List<Route> selective = new ArrayList<>(routes.size());
        for (Route route : routes) {
            // which offsets compaction has left, only the records tell
            if (isWhole && route.wantsAll(partition, first, batch.lastOffset())) {
                LongStream.rangeClosed(first, batch.lastOffset()).forEach(route.offsets);
            } else {
                selective.add(route);
            }
        }
        if (!selective.isEmpty()) {
            routeEach(first, batch, selective);
        }
    }

    private void routeEach(long first, RecordBatch batch, List<Route> selective) {
        try {
            RecordReader reader = new RecordReader(batch);
            while (reader.hasNext()) {
                Record record = reader.next();
                if (record.offset() < first) {
                    continue;
                }
                for (Route route : selective) {
                    if (route.wants(partition, record)) {
                        route.offsets.add(record.offset());
                    }
                }
            }
        } catch (CorruptRecordException e) {
            LOG.warn(
                    "{}-{}: the batch at offset {} cannot be decoded and is routed by no key: {}",
                    topic.name(),
                    partition,
                    batch.baseOffset(),
                    e.getMessage());
        }
    }

    private void tellQueues(long fromOffset, long throughOffset) {
        for (Route route : routes) {
            long[] offsets = route.offsets.build().toArray();
            route.offsets = LongStream.builder();
            route.queue.routed(new RoutedOffsets(topic, partition, fromOffset, throughOffset, offsets));
        }
    }
}
