package io.mainstem.log;

import io.mainstem.log.disk.Disk;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts a data directory together again. Nothing of it can be read before all of it is done and synced, and a crash in
 * the middle leaves a directory that is recovered like the first one.
 */
final class Recovery {

    private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);

    private final Disk disk;
    private final RecoveryChecks checks;

    Recovery(Disk disk, RecoveryChecks checks) {
        this.disk = disk;
        this.checks = checks;
    }

    /** Adds the logs to the store and returns the generation for the next journal. */
    long run(LogStore store) throws IOException {
        createDirectories();
        boolean isClean = disk.list(Layout.ROOT).contains(Layout.CLEAN_MARKER);
        Map<String, LogRecovery> logs = findLogs();
        JournalReader journal = new JournalReader(disk, checks);
        if (!isClean) {
            journal.replay((directory, segmentBase, position, batches) -> {
                LogRecovery log = logs.get(directory);
                if (log != null) { // otherwise deleted since
                    log.replay(segmentBase, position, batches);
                }
            });
        }
        long cutBytes = 0;
        for (LogRecovery log : logs.values()) {
            store.add(log.finish(store, isClean));
            cutBytes += log.cutBytes();
        }
        removeJournal(journal);
        disk.delete(Layout.CLEAN_MARKER);
        disk.syncDirectory(Layout.ROOT);
        if (isClean) {
            LOG.info("opened {} logs after a clean shutdown", logs.size());
        } else {
            LOG.info(
                    "recovered {} logs: {} commits replayed from the journal, {} bytes of torn batches cut",
                    logs.size(),
                    journal.commitCount(),
                    cutBytes);
        }
        return journal.lastGeneration() + 1;
    }

    private void createDirectories() throws IOException {
        disk.createDirectory(Layout.JOURNAL);
        disk.createDirectory(Layout.LOGS);
        disk.syncDirectory(Layout.ROOT);
        // What a dead process did to the names may be known to the page cache only. A log that is there must stay, and
        // one that has been renamed to be removed must not come back without its files.
        disk.syncDirectory(Layout.LOGS);
    }

    private Map<String, LogRecovery> findLogs() throws IOException {
        Map<String, LogRecovery> logs = new TreeMap<>();
        for (String name : disk.list(Layout.LOGS)) {
            if (name.endsWith(DirectoryName.DELETED_SUFFIX)) {
                Removal.removeDirectory(disk, name);
            } else {
                logs.put(name, new LogRecovery(disk, name, checks));
            }
        }
        return logs;
    }

    private void removeJournal(JournalReader journal) throws IOException {
        // Newest first: what a crash leaves is then a shorter journal of the same past.
        for (String file : journal.filesNewestFirst()) {
            disk.delete(Layout.JOURNAL + "/" + file);
        }
        disk.syncDirectory(Layout.JOURNAL);
    }
}
