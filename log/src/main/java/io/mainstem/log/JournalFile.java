package io.mainstem.log;

import io.mainstem.log.disk.DiskFile;
import java.util.HashMap;
import java.util.Map;

/** One file of the journal while it is written. Belongs to the thread that commits, but for the release. */
final class JournalFile {

    private final DiskFile file;
    private final long generation;
    private final Map<DurableLog, Integer> logNumbers = new HashMap<>();
    private long end = JournalLayout.HEADER_BYTES;

    /** Set by the background when every segment that the file vouches for is synced. */
    private volatile boolean isReleased;

    JournalFile(DiskFile file, long generation) {
        this.file = file;
        this.generation = generation;
    }

    DiskFile file() {
        return file;
    }

    long generation() {
        return generation;
    }

    /** Behind the last commit that counts. */
    long end() {
        return end;
    }

    void advance(int bytes) {
        end += bytes;
    }

    /** Numbers that commits up to now have defined. */
    Map<DurableLog, Integer> logNumbers() {
        return logNumbers;
    }

    void release() {
        isReleased = true;
    }

    boolean isReleased() {
        return isReleased;
    }
}
