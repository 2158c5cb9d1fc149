package io.mainstem.log;

import io.mainstem.log.Checkpoint.ClosedLog;
import io.mainstem.log.disk.Disk;
import io.mainstem.log.disk.DiskFile;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
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
        Map<String, ClosedLog> closed = Checkpoint.read(disk).orElse(Map.of());
        Map<String, LogRecovery> logs = findLogs(store, closed);
        JournalReader journal = new JournalReader(disk, checks);
        if (closed.isEmpty()) {
            journal.replay((directory, segmentBase, position, batches) -> {
                LogRecovery log = logs.get(directory);
                if (log != null) { // otherwise deleted since
                    log.replay(segmentBase, position, batches);
                }
            });
        }
        long cutBytes = 0;
        for (LogRecovery log : logs.values()) {
            store.add(log.finish(store));
            cutBytes += log.cutBytes();
            if (log.cutBytes() > 0) {
                LOG.info("{} ended in {} bytes of torn batches, which are cut", log.directory(), log.cutBytes());
            }
        }
        removeJournal(journal);
        disk.delete(Layout.CLEAN_MARKER);
        disk.syncDirectory(Layout.ROOT);
        if (!closed.isEmpty()) {
            LOG.info("opened {} logs after a clean shutdown", closed.size());
        }
        if (!logs.isEmpty()) {
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

    /** Adds those to the store that were closed; the others are to be recovered. */
    private Map<String, LogRecovery> findLogs(LogStore store, Map<String, ClosedLog> closed) throws IOException {
        Set<String> missing = new TreeSet<>(closed.keySet());
        Map<String, LogRecovery> logs = new TreeMap<>();
        for (String name : disk.list(Layout.LOGS)) {
            if (name.endsWith(DirectoryName.DELETED_SUFFIX)) {
                Removal.removeDirectory(disk, name);
            } else if (!DirectoryName.isOne(name)) {
                LOG.warn("{}/{} is none of a log, and is left alone", Layout.LOGS, name);
            } else {
                ClosedLog known = closed.get(name);
                if (known == null) {
                    logs.put(name, new LogRecovery(store.segmentFiles(), name, checks));
                } else {
                    store.add(open(known, store));
                    missing.remove(name);
                }
            }
        }
        if (!missing.isEmpty()) {
            throw new DataDirectoryException(
                    DataDirectoryException.Kind.DAMAGED,
                    Layout.LOGS + " lacks " + missing + ", there at the last shutdown");
        }
        return logs;
    }

    /** Opens no file, but looks whether it is there. */
    private DurableLog open(ClosedLog closed, LogStore store) throws IOException {
        List<Segment> segments = new ArrayList<>();
        for (Map.Entry<Long, Segment.Extent> entry : closed.segments().entrySet()) {
            String path = Layout.segment(closed.directory(), entry.getKey());
            long size = sizeInBytes(path);
            if (size != entry.getValue().sizeInBytes()) {
                throw new DataDirectoryException(
                        DataDirectoryException.Kind.DAMAGED,
                        path + (isThere(path) ? " has " + size + " bytes" : " is missing") + ", and had "
                                + entry.getValue().sizeInBytes() + " bytes at the last shutdown");
            }
            segments.add(new Segment(store.segmentFiles(), path, entry.getKey(), entry.getValue()));
        }
        Admission admission = new Admission(closed.nextOffset(), closed.producers());
        return new DurableLog(closed.directory(), store, segments, admission, closed.marks());
    }

    private boolean isThere(String path) throws IOException {
        int slash = path.lastIndexOf('/');
        return disk.list(path.substring(0, slash)).contains(path.substring(slash + 1));
    }

    private long sizeInBytes(String path) throws IOException {
        try (DiskFile file = disk.open(path)) {
            return file.sizeInBytes();
        } catch (FileNotFoundException e) {
            return 0;
        }
    }

    private void removeJournal(JournalReader journal) throws IOException {
        // Newest first: what a crash leaves is then a shorter journal of the same past.
        for (String file : journal.filesNewestFirst()) {
            disk.delete(Layout.JOURNAL + "/" + file);
        }
        disk.syncDirectory(Layout.JOURNAL);
    }
}
