package io.mainstem.broker;

import io.mainstem.engine.batch.HeaderWriter;
import io.mainstem.engine.batch.Record;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Sends dead letters back to the queues that they died in, as if they had never been there. Looks at each message that
 * is ready when it begins; what it does not want goes back to its place. Belongs to the queue's event loop.
 */
final class Redrive {

    private static final int MOST_AT_A_TIME = 500;
    private static final int RETRY_DELAY_MILLIS = 20;
    private static final Set<String> LEFT_BEHIND =
            Set.of(MessageAttributes.DEATH, DeadLetters.ORIGIN, RelocatedFrom.HEADER);

    private final Queue queue;
    private final QueueState state;
    private final Queues queues;
    private final Optional<String> only;
    private final RecordLookup lookup = new RecordLookup();
    private final List<PendingMessage> unwanted = new ArrayList<>();
    private final CompletableFuture<Long> done = new CompletableFuture<>();
    private long remaining;
    private long moved;

    /** @param only those that died in this queue; empty for all */
    Redrive(Queue queue, QueueState state, Queues queues, Optional<String> only) {
        this.queue = queue;
        this.state = state;
        this.queues = queues;
        this.only = only;
    }

    /** Completes with the number of messages that go back, once all were looked at. */
    CompletionStage<Long> begin() {
        remaining = state.index().readyCount();
        next(MOST_AT_A_TIME);
        return done;
    }

    private void next(int inThisTurn) {
        if (remaining == 0 || state.index().first() == null) {
            unwanted.forEach(message -> state.letGo(message, queue.nowMillis()));
            queue.moved();
            done.complete(moved);
        } else if (!queue.mover().hasRoom()) {
            queue.loop().schedule(() -> next(MOST_AT_A_TIME), RETRY_DELAY_MILLIS);
        } else if (inThisTurn == 0) {
            queue.loop().execute(() -> next(MOST_AT_A_TIME));
        } else {
            remaining--;
            PendingMessage message = state.hold();
            QueueSource source = state.source(message);
            lookup.find(source.topic, source.partition, message.offset)
                    .whenComplete((record, never) -> queue.loop().execute(() -> {
                        judge(message, source, record);
                        next(inThisTurn - 1);
                    }));
        }
    }

    // Optional as a parameter: the answer of the lookup, taken as it comes.
    private void judge(PendingMessage message, QueueSource source, Optional<Record> found) {
        List<Death> deaths = found.map(Death::of).orElse(List.of());
        Optional<Queue> target = deaths.stream()
                .findFirst()
                .filter(death -> death.reason() != Death.Reason.UNDECODABLE)
                .filter(death -> only.isEmpty() || only.get().equals(death.queue()))
                .flatMap(death -> queues.find(death.queue()));
        if (target.isEmpty()) {
            unwanted.add(message);
            return;
        }
        moved++;
        Copying copying = new Copying(queue.number(), source, found.orElseThrow());
        // where the queue goes meanwhile, the dead letter stays one
        queue.mover().move(message, copy(copying, deaths.get(0)), CopyTarget.of(target.get()), Optional.empty());
    }

    private Message copy(Copying copying, Death death) {
        Record record = copying.record();
        HeaderWriter headers = new HeaderWriter();
        headers.add(DeadLetters.ORIGIN, DeadLetters.utf8(copying.origin()));
        DeadLetters.copyHeaders(record, headers, name -> !LEFT_BEHIND.contains(name));
        ByteBuffer key = death.keys().isEmpty()
                ? record.key()
                : DeadLetters.utf8(death.keys().get(0));
        return new Message(queue.nowMillis(), key, record.value(), headers.section());
    }
}
