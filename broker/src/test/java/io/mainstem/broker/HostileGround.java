package io.mainstem.broker;

import io.mainstem.engine.Engine;
import java.util.Random;
import java.util.Set;

/** An engine that keeps no more than its contract; in some lives it loses records, whatever the queues think of it. */
final class HostileGround implements Ground {

    private final Random random;
    private final HostileEngine.Store store = new HostileEngine.Store();
    private final HostileEngine.Malice usual;
    private HostileEngine.Malice malice;

    HostileGround(Random random) {
        this.random = random;
        this.usual = random.nextInt(3) == 0 ? HostileEngine.Malice.FORGETFUL : HostileEngine.Malice.USUAL;
        this.malice = usual;
    }

    @Override
    public Engine start(SteppedLoops steps) {
        return new HostileEngine(store, steps, random, () -> malice);
    }

    @Override
    public void crash() {}

    @Override
    public void calm(boolean isCalm) {
        malice = isCalm ? HostileEngine.Malice.NONE : usual;
    }

    @Override
    public boolean hasEnded() {
        return false;
    }

    @Override
    public boolean losesRecords() {
        return usual.lostRecords() > 0;
    }

    @Override
    public Set<String> lostValues() {
        return store.lostValues();
    }
}
