package io.mainstem.log;

import io.mainstem.engine.Engine;
import io.mainstem.engine.Fence;
import io.mainstem.engine.Term;
import io.mainstem.engine.batch.BatchBuilder;
import io.mainstem.engine.batch.HeaderWriter;
import io.mainstem.engine.batch.RecordBatch;
import io.mainstem.engine.batch.RecordReader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Whoever uses one log in the simulation: appends, retries, terms. */
final class SimulatedClient {

    private static final int KEYS = 6;

    private final Random random;
    private final LogModel model;
    private final List<LogModel.Sent> sequenced = new ArrayList<>();
    private final Violations violations;
    private final boolean isUniform;
    private int nextSequence;

    /**
     * A client of a log that is open.
     *
     * @param isUniform all its batches have one size
     */
    SimulatedClient(LogModel model, Random random, Violations violations, boolean isUniform) {
        this.isUniform = isUniform;
        this.random = random;
        this.violations = violations;
        this.model = model;
    }

    LogModel model() {
        return model;
    }

    static boolean isFence(RecordBatch batch) {
        return Fence.isFence(new RecordReader(batch).next());
    }

    void append(Engine engine, long contentId, long nowMillis) {
        if (random.nextInt(3) == 0) {
            int count = recordCount();
            LogModel.Sent sent = model.sent(
                    contentId, Batches.sequenced(batch(contentId, nowMillis, count), 5, 0, nextSequence), null);
            nextSequence += count;
            sequenced.add(sent);
            send(engine, sent, null);
        } else {
            send(engine, model.sent(contentId, batch(contentId, nowMillis, recordCount()), null), null);
        }
    }

    /** As a producer that did not hear, or did not believe, what became of its batches; in their order. */
    void retry(Engine engine) {
        int from = Math.max(0, sequenced.size() - 1 - random.nextInt(Producer.REMEMBERED_BATCHES));
        for (LogModel.Sent sent : List.copyOf(sequenced.subList(from, sequenced.size()))) {
            send(engine, sent, null);
        }
    }

    /** Logs with terms are not compacted. */
    boolean hasTerms() {
        return model.compaction().isEmpty();
    }

    void acquire(Engine engine) {
        engine.acquire(model.id()).thenAccept(model.terms()::add);
    }

    /** Mostly in the newest term, sometimes in one that has ended. */
    void appendInTerm(Engine engine, long contentId, long nowMillis) {
        int count = model.terms().size();
        if (count > 0) {
            int back = random.nextInt(3) == 0 ? random.nextInt(count) : 0;
            Term term = model.terms().get(count - 1 - back);
            send(engine, model.sent(contentId, Batches.at(nowMillis, values(contentId, 1)), term), term);
        }
    }

    private void send(Engine engine, LogModel.Sent sent, @Nullable Term term) {
        model.attempt(sent);
        CompletionStage<Long> stage =
                term == null ? engine.append(model.id(), sent.copy()) : engine.append(term, sent.copy());
        stage.whenComplete((offset, failure) -> violations.check(() -> model.outcome(sent, offset, failure)));
    }

    private ByteBuffer batch(long contentId, long nowMillis, int count) {
        String[] values = values(contentId, count);
        if (model.compaction().isEmpty()) {
            return Batches.at(nowMillis, values);
        }
        BatchBuilder builder = new BatchBuilder(128);
        for (int i = 0; i < count; i++) {
            ByteBuffer key = random.nextInt(20) == 0 ? null : Batches.utf8("k" + random.nextInt(KEYS));
            ByteBuffer value = random.nextInt(4) == 0 ? null : Batches.utf8(values[i]);
            HeaderWriter headers = new HeaderWriter();
            headers.add(contentId + "/" + i, null); // by which the record is known again
            builder.add(nowMillis, key, value, headers.section());
        }
        return builder.build();
    }

    private String[] values(long contentId, int count) {
        String[] values = new String[count];
        for (int i = 0; i < count; i++) {
            int length = random.nextInt(10) == 0 ? 1200 / count : random.nextInt(200);
            values[i] = contentId + "/" + i + "/" + "x".repeat(isUniform ? 50 : length);
        }
        return values;
    }

    private int recordCount() {
        return isUniform ? 1 : 1 + random.nextInt(3);
    }
}
