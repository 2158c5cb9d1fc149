package io.mainstem.broker;

import io.mainstem.engine.batch.CorruptRecordException;
import io.mainstem.engine.batch.Record;
import io.mainstem.engine.batch.RecordBatch;
import io.mainstem.engine.batch.RecordReader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Finds what a queue had once got from one log, from an offset on, and has no more: by the bindings that were in force
 * then. What has left the log is not found.
 */
final class Replay {

    /** What one replay brings back at most. */
    static final int MOST_MESSAGES = 1_000_000;

    private static final int READ_BYTES = 1 << 20;

    private final Queue queue;
    private final QueueSource source;
    private final OffsetRanges pending;
    private final long endOffset;
    private final Versions versions;
    private final RecordAddress address;
    private final RecordFacts facts = new RecordFacts();

    /** @param pending the offsets that the queue still has */
    Replay(Queue queue, QueueSource source, OffsetRanges pending, TypedHeaders typedHeaders) {
        this.queue = queue;
        this.source = source;
        this.pending = pending;
        this.endOffset = source.routedThrough;
        this.address = new RecordAddress(typedHeaders);
        this.versions = source.topic.versions(source.partition);
    }

    /** Completes with the records. */
    CompletionStage<RecordFacts> from(long offset) {
        long from = Math.max(offset, source.topic.bounds(source.partition).firstOffset());
        if (from >= endOffset) {
            return CompletableFuture.completedFuture(facts);
        }
        return source.topic.read(source.partition, from, READ_BYTES).thenCompose(batches -> {
            long next = look(batches, from);
            return next <= from ? CompletableFuture.completedFuture(facts) : from(next);
        });
    }

    private long look(ByteBuffer batches, long fromOffset) {
        long nextOffset = fromOffset;
        int position = batches.position();
        while (position < batches.limit() && nextOffset < endOffset) {
            RecordBatch batch = RecordBatch.at(batches, position);
            if (!batch.isControl()) {
                look(batch, fromOffset);
            }
            nextOffset = batch.nextOffset();
            position = batch.end();
        }
        return nextOffset;
    }

    private void look(RecordBatch batch, long fromOffset) {
        RoutingTable table = new RoutingTable(source.topic, versions.at(batch.baseOffset()));
        List<Queue> found = new ArrayList<>();
        try {
            RecordReader reader = new RecordReader(batch);
            while (reader.hasNext()) {
                Record record = reader.next();
                boolean wanted = record.offset() >= fromOffset && record.offset() < endOffset;
                if (!wanted || pending.contains(record.offset()) || RelocatedFrom.isRelocated(record)) {
                    continue;
                }
                address.set(record);
                found.clear();
                if (table.isSelective()) {
                    table.find(address, found);
                }
                if (table.whole().contains(queue) || found.contains(queue)) {
                    add(record);
                }
            }
        } catch (CorruptRecordException e) {
            // Nobody can be given what cannot be decoded.
        }
    }

    private void add(Record record) {
        if (facts.count() == MOST_MESSAGES) {
            throw new BrokerException(
                    BrokerException.Kind.TOO_MANY,
                    "more than " + MOST_MESSAGES + " messages would come again; begin later");
        }
        facts.add(record);
    }
}
