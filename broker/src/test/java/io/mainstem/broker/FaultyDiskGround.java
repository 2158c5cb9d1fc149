package io.mainstem.broker;

import io.mainstem.engine.Engine;
import io.mainstem.log.FaultyStore;
import java.time.Instant;
import java.util.Random;
import java.util.Set;

/** The real log on a disk that loses what was not synced, tears writes, flips bits and fails a sync. */
final class FaultyDiskGround implements Ground {

    private final FaultyStore store;
    private boolean calm;

    FaultyDiskGround(Random random) {
        store = new FaultyStore(random, () -> Instant.ofEpochMilli(0));
    }

    @Override
    public Engine start(SteppedLoops steps) {
        if (!calm) {
            store.expectTrouble();
        }
        Engine engine = store.start();
        steps.work(store::step);
        return engine;
    }

    @Override
    public void crash() {
        store.crash();
    }

    @Override
    public void calm(boolean isCalm) {
        calm = isCalm;
    }

    @Override
    public boolean hasEnded() {
        return store.hasEnded();
    }

    @Override
    public boolean losesRecords() {
        return false;
    }

    @Override
    public Set<String> lostValues() {
        return Set.of();
    }
}
