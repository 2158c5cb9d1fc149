package io.mainstem.log;

import io.mainstem.log.disk.Disk;
import io.mainstem.log.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Where commits are synced: all logs in one file, so that one sync is enough for all of them. When a file is full
 * another one takes over, and the full one is used again once the segments have what it vouches for. Files are not
 * wiped for that: writing over what is there needs no new blocks, and so a sync has less to do.
 *
 * <p>Belongs to the thread that commits.
 */
final class Journal {

    /** Past it commits wait for the segments to be synced. */
    static final int MAX_FILES = 4;

    private final Disk disk;
    private final LogStore store;
    private final int fileBytes;
    private final int largestCommitBytes;

    /** Those that were written before the current one and may still be needed, oldest first. */
    private final List<JournalFile> full = new ArrayList<>();

    private final List<DurableLog> definedNow = new ArrayList<>();
    private JournalFile current;
    private int fileCount = 1;
    private long lastGeneration;

    /** Starts a journal in a directory that holds none, or none that is needed any more. */
    Journal(Disk disk, LogStore store, LocalOptions options, long generation) throws IOException {
        this.disk = disk;
        this.store = store;
        this.fileBytes = options.journalBytes();
        this.largestCommitBytes = JournalLayout.largestCommitBytes(options.maxBatchBytes(), options.commitBytes());
        this.lastGeneration = generation;
        this.current = startNew(0, generation, generation);
    }

    /** Whether there is room for any commit, at least in another file. */
    boolean isReady() {
        return fileBytes - current.end() >= largestCommitBytes
                || fileCount < MAX_FILES
                || full.stream().anyMatch(JournalFile::isReleased);
    }

    /** Makes room for a commit, in another file if need be. */
    void reserve(int bytes) throws IOException {
        if (current.end() + bytes <= fileBytes) {
            return;
        }
        JournalFile old = current;
        long generation = ++lastGeneration;
        JournalFile reused =
                full.stream().filter(JournalFile::isReleased).findFirst().orElse(null);
        long oldestNeeded = full.stream()
                .filter(file -> !file.isReleased())
                .mapToLong(JournalFile::generation)
                .min()
                .orElse(old.generation());
        if (reused != null) {
            current = start(reused.file(), generation, oldestNeeded);
            full.remove(reused);
        } else {
            current = startNew(fileCount, generation, oldestNeeded);
            fileCount++;
        }
        full.add(old);
        store.syncSegments(old::release);
    }

    /** Writes what goes before the batches of one log. */
    void describe(LogWrite write, ByteBuffer commit) {
        DurableLog log = write.log();
        Integer number = current.logNumbers().get(log);
        if (number == null) {
            number = current.logNumbers().size();
            current.logNumbers().put(log, number);
            definedNow.add(log);
            JournalLayout.putDefine(commit, number, log.directory());
        }
        Segment segment = write.segment();
        JournalLayout.putAppend(commit, number, segment.baseOffset(), segment.readableBytes(), write.sizeInBytes());
    }

    /** Writes and syncs a commit that fills the buffer up to its position, its header to be completed. */
    void write(ByteBuffer commit) throws IOException {
        JournalLayout.sealCommit(commit, current.generation(), current.end());
        int length = commit.position();
        current.file().write(commit.flip(), current.end());
        current.file().sync();
        current.advance(length);
        definedNow.clear();
    }

    /** Removes, durably, what a failed write may have left. */
    void discardUnfinished() throws IOException {
        definedNow.forEach(current.logNumbers()::remove);
        definedNow.clear();
        current.file().truncate(current.end());
        current.file().sync();
    }

    void close() throws IOException {
        current.file().close();
        for (JournalFile file : full) {
            file.file().close();
        }
    }

    private JournalFile startNew(int number, long generation, long oldestNeeded) throws IOException {
        DiskFile file = disk.create(Layout.journalFile(number));
        try {
            disk.syncDirectory(Layout.JOURNAL);
            return start(file, generation, oldestNeeded);
        } catch (IOException e) {
            file.close();
            throw e;
        }
    }

    /** The header is durable before the first commit: it must not be torn together with one. */
    private static JournalFile start(DiskFile file, long generation, long oldestNeeded) throws IOException {
        file.write(JournalLayout.header(generation, oldestNeeded), 0);
        file.sync();
        return new JournalFile(file, generation);
    }
}
