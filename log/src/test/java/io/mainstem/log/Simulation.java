package io.mainstem.log;

import io.mainstem.engine.Bounds;
import io.mainstem.engine.LogId;
import io.mainstem.engine.LogPolicy;
import io.mainstem.engine.LogPolicy.Compaction;
import io.mainstem.engine.LogPolicy.Retention;
import io.mainstem.engine.LogSpec;
import io.mainstem.engine.batch.RecordBatch;
import io.mainstem.log.disk.Disk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;

/**
 * One life of an engine on a simulated disk, decided by a seed: whatever callers may do, and whatever may befall the
 * machine. No threads: every step of the engine is a choice, too. {@link LogModel} knows what must hold.
 */
final class Simulation {

    private static final int ACTIONS = 160;
    private static final int MAX_BATCH_BYTES = 2048;

    private final Random random;
    private final SimulatedDisk platter;
    private final Disk disk;
    private final RecoveryChecks checks;
    private final LocalOptions options;
    private final List<SimulatedClient> clients = new ArrayList<>();
    private final Violations violations = new Violations();

    /** Commits of one size, so that what stood in a journal file before may be taken for what stands there now. */
    private final boolean isUniform;

    private Lifecycle lifecycle = new Lifecycle();
    private DurableStore store;
    private LocalEngine engine;
    private long nextContentId = 100_000;
    private long nextIncarnation;
    private long nowMillis;

    /**
     * Prepares a life.
     *
     * @param fault puts a planted fault between engine and disk; the identity for none
     */
    Simulation(long seed, UnaryOperator<Disk> fault, RecoveryChecks checks) throws IOException {
        this.random = new Random(seed);
        this.platter = new SimulatedDisk(random);
        this.disk = fault.apply(platter);
        this.checks = checks;
        this.isUniform = random.nextInt(3) == 0;
        int commitBytes = 1000 + (isUniform ? 0 : random.nextInt(4000));
        int journalBytes =
                JournalLayout.largestCommitBytes(MAX_BATCH_BYTES, commitBytes) + random.nextInt(isUniform ? 100 : 6000);
        this.options = LocalOptions.defaults()
                .withCommitLimits(MAX_BATCH_BYTES, commitBytes)
                .withSegmentBytes(600 + random.nextInt(8000))
                .withJournalBytes(journalBytes)
                .withCompactionBytes((1 + random.nextInt(12)) * NewestOffsets.KEY_BYTES)
                .withClock(() -> Instant.ofEpochMilli(nowMillis));
        this.store = new DurableStore(disk, options, checks, lifecycle);
        this.engine = LocalEngine.over(store, options, lifecycle);
    }

    void run() throws IOException {
        for (int i = 0; i < ACTIONS; i++) {
            try {
                act();
            } catch (PowerLoss e) {
                // Seen by whoever called the disk; what follows is the same for all.
            }
            violations.throwFirst();
            if (platter.isDead() || lifecycle.hasStopped()) {
                restart();
            }
        }
        restart();
    }

    private void act() throws IOException {
        if (hasCompacted() && random.nextInt(6) == 0) {
            compact();
            return;
        }
        int choice = random.nextInt(100);
        if (clients.isEmpty() || choice < 2) {
            openAnother();
            return;
        }
        SimulatedClient client = clients.get(random.nextInt(clients.size()));
        if (choice < 35) {
            client.append(engine, nextContentId++, nowMillis);
            if (isUniform) {
                store.stepCommitter();
            }
        } else if (choice < 60) {
            store.stepCommitter();
        } else if (choice < 68) {
            store.stepBackground();
        } else if (choice < 73) {
            client.retry(engine);
        } else if (choice < 82 && !client.hasTerms()) {
            client.append(engine, nextContentId++, nowMillis);
        } else if (choice < 76) {
            client.acquire(engine);
        } else if (choice < 82) {
            client.appendInTerm(engine, nextContentId++, nowMillis);
        } else if (choice < 87) {
            read(client.model());
        } else if (choice < 89) {
            trim(client.model());
        } else if (choice < 90) {
            configure(client.model());
        } else if (choice < 92) {
            nowMillis += random.nextInt(20);
            engine.housekeep();
        } else if (choice < 93) {
            delete(client);
        } else if (!isUniform || random.nextInt(4) == 0) {
            disturb();
        }
    }

    private boolean hasCompacted() {
        return clients.stream().anyMatch(client -> client.model().compaction().isPresent());
    }

    /** A little of it, so that anything may happen in the middle; or all of it, and perhaps not to the end. */
    private void compact() {
        switch (random.nextInt(8)) {
            case 0, 1 -> {
                nowMillis += random.nextInt(20);
                engine.housekeep();
            }
            case 2, 3, 4, 5 -> {
                for (int steps = random.nextInt(4); steps >= 0; steps--) {
                    store.stepCompactor();
                }
            }
            default -> {
                if (random.nextInt(6) == 0) {
                    platter.losePowerAfter(random.nextInt(40));
                }
                engine.housekeep();
                settle();
            }
        }
    }

    private void disturb() throws IOException {
        switch (random.nextInt(8)) {
            case 0, 1 -> platter.losePowerAfter(random.nextInt(20));
            case 2 -> restart();
            case 3 -> {
                engine.close();
                restart();
            }
            case 4 -> platter.limit(platter.usedBytes() + random.nextInt(2000));
            case 5, 6 -> platter.limit(Long.MAX_VALUE);
            default -> {
                if (random.nextInt(4) == 0) {
                    platter.failSyncAfter(random.nextInt(6));
                }
            }
        }
    }

    private void openAnother() {
        if (clients.size() < 4) {
            LogId id = new LogId("log", random.nextInt(2), nextIncarnation++);
            LogModel model =
                    isUniform || random.nextBoolean() ? new LogModel(id) : new CompactedLogModel(id, compaction());
            SimulatedClient client = new SimulatedClient(model, random, violations, isUniform);
            open(model).thenAccept(bounds -> {
                clients.add(client);
                watch(client.model());
            });
            settle();
        }
    }

    private Compaction compaction() {
        return new Compaction(
                random.nextBoolean() ? 0 : random.nextInt(40),
                random.nextBoolean() ? Long.MAX_VALUE : 1 + random.nextInt(60),
                random.nextBoolean() ? 0 : 0.5,
                random.nextInt(60));
    }

    private CompletionStage<Bounds> open(LogModel model) {
        return engine.open(new LogSpec(model.id(), false, policy(model, LogPolicy.KEEP.retention())));
    }

    private LogPolicy policy(LogModel model, Retention retention) {
        int segmentBytes = 200 + random.nextInt(model.compaction().isPresent() ? 600 : 3000);
        return new LogPolicy(retention, model.compaction(), segmentBytes, Long.MAX_VALUE);
    }

    private void watch(LogModel model) {
        engine.watch(model.id(), end -> violations.check(() -> model.durable(end)));
    }

    private void read(LogModel model) {
        Bounds bounds = engine.bounds(model.id());
        long span = bounds.durableEndOffset() - bounds.firstOffset() + 1;
        long from = bounds.firstOffset() + random.nextInt((int) span);
        engine.read(model.id(), from, random.nextInt(3000))
                .thenAccept(bytes -> violations.check(() -> model.read(from, bytes, nowMillis)));
    }

    private void trim(LogModel model) {
        Bounds bounds = engine.bounds(model.id());
        long before =
                bounds.firstOffset() + random.nextInt((int) (bounds.durableEndOffset() - bounds.firstOffset()) + 1);
        model.trimming(before);
        engine.trim(model.id(), before).thenRun(() -> model.trimmed(before));
    }

    private void configure(LogModel model) {
        long unlimited = LogPolicy.UNLIMITED;
        Retention retention = switch (random.nextInt(4)) {
            case 0 -> new Retention(unlimited, unlimited, 5 + random.nextInt(20));
            case 1 -> new Retention(unlimited, 500 + random.nextInt(3000), unlimited);
            case 2 -> new Retention(10 + random.nextInt(50), unlimited, unlimited);
            default -> LogPolicy.KEEP.retention();
        };
        model.mayLetGo(retention);
        engine.configure(model.id(), policy(model, retention));
    }

    private void delete(SimulatedClient client) {
        engine.delete(client.model().id());
        clients.remove(client);
    }

    /** Lets the engine do whatever it can. */
    private void settle() {
        int done = 1;
        while (done > 0) {
            done = store.stepCommitter() + store.stepBackground() + store.stepCompactor();
        }
    }

    /** Dies one way or the other, comes back, perhaps not at the first try, and must have kept its word. */
    private void restart() throws IOException {
        boolean isRecovered = false;
        while (!isRecovered) {
            // What the operating system alone has is promised to survive the process, not the machine.
            if (options.durability() == Durability.OS || random.nextInt(3) == 0) {
                platter.kill();
            } else {
                platter.losePower();
            }
            if (random.nextInt(3) == 0) {
                platter.losePowerAfter(random.nextInt(30));
            }
            try {
                lifecycle = new Lifecycle();
                store = new DurableStore(disk, options, checks, lifecycle);
                engine = LocalEngine.over(store, options, lifecycle);
                reopen();
                isRecovered = true;
            } catch (PowerLoss e) {
                // Once more.
            }
        }
        for (SimulatedClient client : clients) {
            verify(client.model());
        }
    }

    private void reopen() {
        for (SimulatedClient client : clients) {
            open(client.model()).whenComplete((bounds, failure) -> {
                if (failure != null) {
                    throw new PowerLoss();
                }
            });
        }
        settle();
        if (platter.isDead()) {
            throw new PowerLoss();
        }
    }

    private void verify(LogModel model) {
        Bounds bounds = engine.bounds(model.id());
        List<RecordBatch> batches = new ArrayList<>();
        long next = bounds.firstOffset();
        while (next < bounds.durableEndOffset()) {
            ByteBuffer bytes = engine.read(model.id(), next, 1 + random.nextInt(4000))
                    .toCompletableFuture()
                    .getNow(ByteBuffer.allocate(0));
            List<RecordBatch> more = Batches.split(bytes);
            if (more.isEmpty()) {
                throw new AssertionError("nothing to read at " + next + " of " + model.id());
            }
            batches.addAll(more);
            next = batches.get(batches.size() - 1).nextOffset();
        }
        violations.throwFirst();
        model.verify(bounds, batches, nowMillis);
        watch(model);
    }
}
