package io.mainstem.broker;

import io.mainstem.engine.Engine;
import io.mainstem.engine.Fence;
import io.mainstem.engine.Term;
import io.mainstem.engine.batch.Record;
import io.mainstem.engine.batch.RecordBatch;
import io.mainstem.engine.batch.RecordReader;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Folds a shard's state log up to the FENCE that begins a term. What a writer wrote after its term ended is void. */
final class StateLogReader {

    private static final int READ_BYTES = 1 << 20;
    private static final long NO_EPOCH = -1;

    private final Engine engine;
    private final Term term;
    private final EventLoop loop;
    private final Map<Long, QueueFold> folds = new HashMap<>();
    private long epoch = NO_EPOCH;

    StateLogReader(Engine engine, Term term, EventLoop loop) {
        this.engine = engine;
        this.term = term;
        this.loop = loop;
    }

    /** Completes in the event loop with the fold of each queue, by queue number. */
    CompletionStage<Map<Long, QueueFold>> read() {
        return readFrom(engine.bounds(term.stateLog()).firstOffset());
    }

    private CompletionStage<Map<Long, QueueFold>> readFrom(long offset) {
        if (offset > term.epoch()) {
            return CompletableFuture.completedFuture(folds);
        }
        return engine.read(term.stateLog(), offset, READ_BYTES)
                .thenComposeAsync(batches -> readFrom(fold(offset, batches)), loop);
    }

    private long fold(long fromOffset, ByteBuffer batches) {
        long nextOffset = fromOffset;
        int position = batches.position();
        while (position < batches.limit() && nextOffset <= term.epoch()) {
            RecordBatch batch = RecordBatch.at(batches, position);
            RecordReader reader = new RecordReader(batch);
            while (reader.hasNext()) {
                Record record = reader.next();
                if (record.offset() >= fromOffset) { // what was trimmed may still stand in the first batch
                    apply(record);
                }
            }
            nextOffset = batch.nextOffset();
            position = batch.end();
        }
        return nextOffset;
    }

    private void apply(Record record) {
        ByteBuffer value = record.value();
        if (Fence.isFence(record)) {
            epoch = record.offset();
            folds.values().forEach(QueueFold::beginTerm);
            return;
        }
        if (value == null) {
            return;
        }
        // an epoch beyond the last FENCE that was seen means that its own FENCE was trimmed
        epoch = Math.max(epoch, StateRecord.epochOf(value));
        if (StateRecord.epochOf(value) == epoch) {
            StateRecord change = StateRecord.decode(value);
            folds.computeIfAbsent(change.queue(), absent -> new QueueFold()).apply(change);
        }
    }
}
