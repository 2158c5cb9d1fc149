package io.mainstem.broker;

import io.mainstem.engine.Bounds;
import io.mainstem.engine.Engine;
import io.mainstem.engine.LocalLogs;
import io.mainstem.engine.LogId;
import io.mainstem.engine.LogPolicy;
import io.mainstem.engine.LogSpec;
import io.mainstem.engine.Term;
import java.nio.ByteBuffer;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/** An engine that another one does the work of, and that remembers which policy each log has. */
final class PolicyRecorder implements Engine {

    private final Engine engine;
    private final Map<LogId, LogPolicy> policies = new ConcurrentHashMap<>();

    PolicyRecorder(Engine engine) {
        this.engine = engine;
    }

    /** One for each partition, in order. */
    List<LogPolicy> policies(String topic) {
        return policies.entrySet().stream()
                .filter(entry -> entry.getKey().name().equals(topic))
                .sorted(Comparator.comparing(entry -> entry.getKey().partition()))
                .map(Map.Entry::getValue)
                .toList();
    }

    @Override
    public CompletionStage<Bounds> open(LogSpec spec) {
        policies.put(spec.id(), spec.policy());
        return engine.open(spec);
    }

    @Override
    public CompletionStage<Void> configure(LogId log, LogPolicy policy) {
        return engine.configure(log, policy).thenRun(() -> policies.put(log, policy));
    }

    @Override
    public CompletionStage<Void> delete(LogId log) {
        return engine.delete(log);
    }

    @Override
    public CompletionStage<Long> append(LogId log, ByteBuffer batch) {
        return engine.append(log, batch);
    }

    @Override
    public CompletionStage<Term> acquire(LogId stateLog) {
        return engine.acquire(stateLog);
    }

    @Override
    public CompletionStage<Long> append(Term term, ByteBuffer batch) {
        return engine.append(term, batch);
    }

    @Override
    public CompletionStage<ByteBuffer> read(LogId log, long fromOffset, int maxBytes) {
        return engine.read(log, fromOffset, maxBytes);
    }

    @Override
    public Bounds bounds(LogId log) {
        return engine.bounds(log);
    }

    @Override
    public Registration watch(LogId log, DurableListener listener) {
        return engine.watch(log, listener);
    }

    @Override
    public CompletionStage<Void> trim(LogId log, long beforeOffset) {
        return engine.trim(log, beforeOffset);
    }

    @Override
    public Optional<LocalLogs> local() {
        return engine.local();
    }

    @Override
    public void close() {
        engine.close();
    }
}
