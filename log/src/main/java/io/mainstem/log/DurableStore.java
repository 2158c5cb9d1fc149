package io.mainstem.log;

import io.mainstem.engine.LogId;
import io.mainstem.engine.LogSpec;
import io.mainstem.log.disk.Disk;
import java.io.IOException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The durable half of the engine, put together: recovered, then run by three threads or by steps, then closed. */
final class DurableStore {

    private static final Logger LOG = LoggerFactory.getLogger(DurableStore.class);

    private final Lifecycle lifecycle;
    private final LogStore logs;
    private final Background background;
    private final @Nullable Journal journal;
    private final Committer committer;
    private final Compactor compactor;
    private final Worker commitWorker;
    private final Worker backgroundWorker;
    private final Worker compactionWorker;

    /** Recovers what the disk has; nothing runs yet. */
    DurableStore(Disk disk, LocalOptions options, RecoveryChecks checks, Lifecycle lifecycle) throws IOException {
        this.lifecycle = lifecycle;
        this.background = new Background(lifecycle);
        this.logs = new LogStore(disk, options, new CommandQueue(options.queuedBytes(), lifecycle), background);
        long generation = new Recovery(disk, checks).run(logs);
        this.journal = options.durability() == Durability.FSYNC ? new Journal(disk, logs, options, generation) : null;
        this.committer = new Committer(logs, options, lifecycle, journal);
        this.commitWorker = new Worker("mainstem-commit", committer::step, committer::isIdle);
        this.backgroundWorker = new Worker("mainstem-segments", this::stepBackground, background::isIdle);
        CompactionFiles compactionFiles = new CompactionFiles(disk, options, logs, background, checks);
        this.compactor = new Compactor(lifecycle, compactionFiles, options.clock());
        this.compactionWorker = new Worker("mainstem-compaction", compactor::step, compactor::isIdle);
    }

    /** Runs it on threads of their own. */
    void start() {
        logs.commands().onArrival(commitWorker::wakeUp);
        background.onArrival(backgroundWorker::wakeUp);
        compactor.onArrival(compactionWorker::wakeUp);
        commitWorker.start();
        backgroundWorker.start();
        compactionWorker.start();
    }

    /** Instead of {@link #start}: one commit or task; returns 0 when there was nothing that could be done. */
    int stepCommitter() {
        return committer.step();
    }

    /** Instead of {@link #start}: one task of the background; returns 0 when there was none. */
    int stepBackground() {
        int done = background.step();
        if (done > 0) {
            commitWorker.wakeUp(); // which may have waited for a journal file
            compactionWorker.wakeUp(); // which may have waited for a segment to be in its place
        }
        return done;
    }

    /** Instead of {@link #start}: a slice of a compaction; returns 0 when there was nothing that could be done. */
    int stepCompactor() {
        return compactor.step();
    }

    CompletionStage<Log> open(LogSpec spec) {
        return logs.open(spec);
    }

    CompletionStage<Void> housekeep() {
        return logs.housekeep(compactor::consider);
    }

    CompletionStage<Void> delete(LogId id) {
        return logs.delete(id);
    }

    /** Finishes what was taken, then leaves the mark that saves the next start its work. */
    void close() {
        lifecycle.close();
        compactionWorker.end();
        commitWorker.end();
        backgroundWorker.end();
        while (!compactor.isIdle() || !committer.isIdle() || !background.isIdle()) { // where no threads ran
            compactor.step();
            committer.step();
            background.step();
        }
        try {
            if (!lifecycle.hasStopped()) {
                logs.leaveCheckpoint();
            }
            logs.close();
            if (journal != null) {
                journal.close();
            }
        } catch (IOException e) {
            LOG.warn("the log was not closed cleanly; the next start recovers it: {}", e.toString());
        }
    }
}
