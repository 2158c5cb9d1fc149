package io.mainstem.broker;

import io.mainstem.engine.batch.Record;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Shows what stands in a queue, and changes nothing. */
final class Browser {

    /** With this much in memory, no further record is read. */
    static final long ENOUGH_BYTES = 1 << 20;

    private final QueueState state;
    private final long skip;
    private final int most;
    private final List<QueuedMessage> seen = new ArrayList<>();
    private final List<QueuedMessage> read = new ArrayList<>();
    private final RecordLookup lookup = new RecordLookup();
    private long passed;
    private long readBytes;

    Browser(QueueState state, long skip, int most) {
        this.state = state;
        this.skip = skip;
        this.most = most;
    }

    /** Called in the queue's event loop; completes anywhere. */
    CompletionStage<List<QueuedMessage>> look(long nowMillis) {
        for (PendingMessage message : state.held()) {
            see(message, QueuedMessage.State.HELD);
        }
        state.index()
                .forEachWhile(message -> see(
                        message,
                        message.dueMillis > nowMillis ? QueuedMessage.State.DELAYED : QueuedMessage.State.READY));
        CompletionStage<Void> reading = CompletableFuture.completedFuture(null);
        for (QueuedMessage message : seen) {
            reading = reading.thenCompose(before -> read(message));
        }
        return reading.thenApply(all -> read);
    }

    private boolean see(PendingMessage message, QueuedMessage.State as) {
        if (passed++ >= skip && seen.size() < most) {
            seen.add(QueuedMessage.of(message, state.source(message), as));
        }
        return seen.size() < most;
    }

    private CompletionStage<Void> read(QueuedMessage message) {
        if (readBytes >= ENOUGH_BYTES) {
            return CompletableFuture.completedFuture(null);
        }
        return lookup.find(message.topic(), message.partition(), message.offset())
                .thenAccept(record -> {
                    read.add(message.with(record));
                    readBytes += record.map(Browser::bytes).orElse(0L);
                });
    }

    private static long bytes(Record record) {
        return bytes(record.key()) + bytes(record.value()) + bytes(record.headers());
    }

    private static long bytes(@Nullable ByteBuffer part) {
        return part == null ? 0 : part.remaining();
    }
}
