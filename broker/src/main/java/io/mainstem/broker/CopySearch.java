package io.mainstem.broker;

import io.mainstem.engine.EngineException;
import io.mainstem.engine.batch.CorruptRecordException;
import io.mainstem.engine.batch.HeaderReader;
import io.mainstem.engine.batch.Record;
import io.mainstem.engine.batch.RecordBatch;
import io.mainstem.engine.batch.RecordReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Looks in the end of a topic for copies of messages, to find out what became of a move that was cut off. */
final class CopySearch {

    private static final int READ_BYTES = 1 << 20;
    private static final ByteBuffer ORIGIN = DeadLetters.utf8(DeadLetters.ORIGIN);

    private final Topic topic;
    private final Set<String> wanted;
    private final Set<String> found = new HashSet<>();

    CopySearch(Topic topic, Set<String> wanted) {
        this.topic = topic;
        this.wanted = wanted;
    }

    /** Completes with the origins that there are copies of; what has left the topic is not found. */
    CompletionStage<Set<String>> from(long[] offsets) {
        CompletionStage<Void> searched = CompletableFuture.completedFuture(null);
        for (int partition = 0; partition < topic.partitions(); partition++) {
            int next = partition;
            long from = partition < offsets.length ? offsets[partition] : 0;
            searched = searched.thenCompose(done -> search(next, from));
        }
        return searched.thenApply(done -> found);
    }

    private CompletionStage<Void> search(int partition, long fromOffset) {
        try {
            long from = Math.max(fromOffset, topic.bounds(partition).firstOffset());
            if (from >= topic.bounds(partition).durableEndOffset()) {
                return CompletableFuture.completedFuture(null);
            }
            return topic.read(partition, from, READ_BYTES).thenCompose(batches -> {
                long next = look(batches, from);
                return next == from ? CompletableFuture.completedFuture(null) : search(partition, next);
            });
        } catch (EngineException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private long look(ByteBuffer batches, long fromOffset) {
        long nextOffset = fromOffset;
        int position = batches.position();
        while (position < batches.limit()) {
            RecordBatch batch = RecordBatch.at(batches, position);
            try {
                RecordReader reader = new RecordReader(batch);
                while (reader.hasNext()) {
                    look(reader.next());
                }
            } catch (CorruptRecordException e) {
                // A copy of ours can be decoded.
            }
            nextOffset = batch.nextOffset();
            position = batch.end();
        }
        return nextOffset;
    }

    private void look(Record record) {
        HeaderReader headers = new HeaderReader(record.headers());
        while (headers.next()) {
            ByteBuffer value = headers.value();
            if (value != null && headers.name().equals(ORIGIN)) {
                String origin = StandardCharsets.UTF_8.decode(value).toString();
                if (wanted.contains(origin)) {
                    found.add(origin);
                }
            }
        }
    }
}
