package io.mainstem.log;

import io.mainstem.engine.EngineException;
import io.mainstem.engine.EngineException.Kind;
import io.mainstem.engine.batch.RecordBatch;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * The appends that become durable together. A batch that may not enter its log is refused when it is added; all others
 * share one fate.
 */
final class Commit {

    private final int limitBytes;
    private final int limitLogs;
    private final Map<DurableLog, LogWrite> writes = new LinkedHashMap<>();
    private final List<Admitted> admitted = new ArrayList<>();
    private int sizeInBytes = JournalLayout.COMMIT_HEADER_BYTES;

    private record Admitted(CompletableFuture<Long> done, long baseOffset) {}

    Commit(int limitBytes, int limitLogs) {
        this.limitBytes = limitBytes;
        this.limitLogs = limitLogs;
    }

    boolean hasRoomFor(Command.Append append) {
        boolean fits = sizeInBytes + costOf(append) <= limitBytes
                && (writes.size() < limitLogs || writes.containsKey(append.log()));
        return writes.isEmpty() || fits;
    }

    void add(Command.Append append) {
        DurableLog log = append.log();
        if (log.isDeleted()) {
            append.refuse(new EngineException(Kind.UNKNOWN_LOG, log.directory() + " has been deleted"));
            return;
        }
        RecordBatch batch = RecordBatch.of(append.batch());
        try {
            Admission.Place place = append.isFence()
                    ? log.admission().admitFence(batch)
                    : log.admission().admit(batch, append.term());
            if (!place.isRetry()) {
                writes.computeIfAbsent(log, LogWrite::new).add(batch);
                sizeInBytes += costOf(append);
            }
            // A retry waits with the others, for its first copy may be one of them.
            admitted.add(new Admitted(append.done(), place.baseOffset()));
        } catch (EngineException e) {
            append.refuse(e);
        }
    }

    boolean isEmpty() {
        return admitted.isEmpty();
    }

    Collection<LogWrite> writes() {
        return writes.values();
    }

    /** What it may need in the journal at most. */
    int sizeInBytes() {
        return sizeInBytes;
    }

    /** It is durable. First all of it can be read, then its callers learn of it. */
    void succeed() {
        writes.values().forEach(LogWrite::publish);
        admitted.forEach(append -> append.done().complete(append.baseOffset()));
        writes.keySet().forEach(DurableLog::tellWatchers);
    }

    /** It did not happen, or nobody knows whether it did. */
    void fail(EngineException why) {
        writes.keySet().forEach(log -> log.admission().revert());
        admitted.forEach(append -> append.done().completeExceptionally(why));
    }

    private static int costOf(Command.Append append) {
        return append.sizeInBytes() + JournalLayout.ENTRY_OVERHEAD_BYTES;
    }
}
