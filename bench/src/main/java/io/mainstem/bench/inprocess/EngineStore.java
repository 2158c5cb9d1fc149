package io.mainstem.bench.inprocess;

import io.mainstem.engine.Engine;
import io.mainstem.engine.LogId;
import io.mainstem.engine.LogSpec;
import io.mainstem.engine.batch.BatchBuilder;
import io.mainstem.engine.batch.RecordBatch;
import io.mainstem.log.Durability;
import io.mainstem.log.LocalEngine;
import io.mainstem.log.LocalOptions;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** Our engine on a disk. */
final class EngineStore implements Store {

    private final Engine engine;
    private final List<LogId> logs = new ArrayList<>();
    private final List<ByteBuffer> batches = new ArrayList<>();
    private final List<CompletionStage<Long>> appends = new ArrayList<>();
    private long nextRead;

    EngineStore(Path directory, Durability durability, int count) {
        engine = LocalEngine.open(directory, LocalOptions.defaults().withDurability(durability));
        for (int number = 0; number < count; number++) {
            LogId log = new LogId("log", number, 0);
            engine.open(new LogSpec(log, false)).toCompletableFuture().join();
            logs.add(log);
            batches.add(batch());
        }
    }

    /** One record that fills it, off the heap as what comes from a connection is. */
    private static ByteBuffer batch() {
        int overhead = batch(BATCH_BYTES / 2).remaining() - BATCH_BYTES / 2;
        ByteBuffer batch = batch(BATCH_BYTES - overhead);
        return ByteBuffer.allocateDirect(batch.remaining()).put(batch).flip();
    }

    private static ByteBuffer batch(int valueBytes) {
        BatchBuilder builder = new BatchBuilder(BATCH_BYTES);
        builder.add(0, null, ByteBuffer.allocate(valueBytes), BatchBuilder.NO_HEADERS);
        return builder.build();
    }

    @Override
    public void append() {
        appends.clear();
        for (int at = 0; at < logs.size(); at++) {
            appends.add(engine.append(logs.get(at), batches.get(at)));
        }
        for (int at = 0; at < appends.size(); at++) {
            appends.get(at).toCompletableFuture().join();
        }
    }

    @Override
    public int read() {
        LogId log = logs.get(0);
        if (nextRead == engine.bounds(log).durableEndOffset()) {
            nextRead = engine.bounds(log).firstOffset();
        }
        ByteBuffer read =
                engine.read(log, nextRead, BATCH_BYTES).toCompletableFuture().join();
        nextRead = RecordBatch.of(read).nextOffset();
        return read.remaining();
    }

    @Override
    public void close() {
        engine.close();
    }
}
