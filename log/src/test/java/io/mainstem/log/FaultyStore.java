package io.mainstem.log;

import io.mainstem.engine.Engine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.InstantSource;
import java.util.Random;

/** An engine over a disk with bad days, for the tests of those who use engines; it is stepped by hand. */
public final class FaultyStore {

    private static final int COMMIT_BYTES = 100_000;
    private static final int MOST_CHANGES = 3_000;
    private static final int MOST_SYNCS = 300;

    private final Random random;
    private final SimulatedDisk disk;
    private final LocalOptions options;
    private Lifecycle lifecycle = new Lifecycle();
    private DurableStore store;
    private boolean refused;

    public FaultyStore(Random random, InstantSource clock) {
        this.random = random;
        this.disk = new SimulatedDisk(random);
        this.options = LocalOptions.defaults()
                .withCommitLimits(COMMIT_BYTES, COMMIT_BYTES)
                .withJournalBytes(JournalLayout.largestCommitBytes(COMMIT_BYTES, COMMIT_BYTES) + COMMIT_BYTES)
                .withSegmentBytes(2_000 + random.nextInt(20_000))
                .withClock(clock);
        this.store = open();
    }

    /**
     * Recovers what is on the disk.
     *
     * @throws RuntimeException when the power goes again meanwhile, as {@link #hasEnded} says then
     */
    public Engine start() {
        lifecycle = new Lifecycle();
        store = open();
        return LocalEngine.over(store, options, lifecycle);
    }

    private DurableStore open() {
        try {
            return new DurableStore(disk, options, new RecoveryChecks(), lifecycle);
        } catch (IOException e) {
            refused = true;
            throw new UncheckedIOException(e);
        }
    }

    /** Sometime from now on the power may go, or a sync may fail. */
    public void expectTrouble() {
        int choice = random.nextInt(4);
        if (choice < 2) {
            disk.losePowerAfter(random.nextInt(MOST_CHANGES));
        } else if (choice == 2) {
            disk.failSyncAfter(random.nextInt(MOST_SYNCS));
        }
    }

    /** Does something of what is to be done; 0 when there is nothing. */
    public int step() {
        return switch (random.nextInt(3)) {
            case 0 -> store.stepCommitter() + store.stepBackground() + store.stepCompactor();
            case 1 -> store.stepBackground() + store.stepCommitter();
            default -> store.stepCommitter() + store.stepBackground();
        };
    }

    /** Whether the power has gone, or the engine has stopped, or did not start, because a sync failed. */
    public boolean hasEnded() {
        return refused || disk.isDead() || lifecycle.hasStopped();
    }

    /** The process ends without a word, and perhaps the machine with it. */
    public void crash() {
        refused = false;
        if (disk.isDead() || random.nextBoolean()) {
            disk.losePower();
        } else {
            disk.kill();
        }
    }
}
