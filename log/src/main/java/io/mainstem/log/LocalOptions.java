package io.mainstem.log;

import java.time.Clock;
import java.time.InstantSource;

/**
 * How the local engine keeps its logs, and its limits.
 *
 * @param segmentBytes a segment that would grow past this is followed by a new one
 * @param journalBytes size of one journal file; there are at most {@link Journal#MAX_FILES}
 * @param maxBatchBytes largest batch; a larger one is refused as BATCH_TOO_LARGE
 * @param commitBytes a group commit takes no more batches past this
 * @param queuedBytes batches that wait for the disk; past it appends are refused as OVERLOADED. The engine does not
 *     make callers wait: who slows its clients down long before sees this only when a disk stalls
 * @param memoryLogBytes what one log in memory may hold; past it appends are refused as STORE_FULL. Who makes callers
 *     wait does so before, by more than what may be under way then
 * @param openFiles files of segments that are open at a time; past it those that nobody uses are closed
 * @param housekeepingMillis how often logs are looked through for segments to be closed or to go
 * @param compactionBytes memory for the keys of one compaction, 32 bytes each; what does not fit waits for the next
 * @param clock gives the engine's own records their time
 */
public record LocalOptions(
        Durability durability,
        int segmentBytes,
        int journalBytes,
        int maxBatchBytes,
        int commitBytes,
        long queuedBytes,
        long memoryLogBytes,
        int openFiles,
        long housekeepingMillis,
        int compactionBytes,
        InstantSource clock) {

    private static final int MEBIBYTE = 1 << 20;

    public LocalOptions {
        require(segmentBytes > 0 && segmentBytes <= 1 << 30, "segmentBytes is from 1 to 1 GiB");
        require(maxBatchBytes > 0 && commitBytes > 0, "maxBatchBytes and commitBytes are positive");
        require(commitBytes <= 1 << 28 && maxBatchBytes <= 1 << 28, "a commit is built in memory: up to 256 MiB");
        require(queuedBytes >= maxBatchBytes, "queuedBytes hold at least one batch");
        require(openFiles >= 16, "openFiles is at least 16");
        require(compactionBytes >= NewestOffsets.KEY_BYTES, "compactionBytes hold at least one key");
        require(housekeepingMillis > 0, "housekeepingMillis is positive");
        require(
                journalBytes >= JournalLayout.largestCommitBytes(maxBatchBytes, commitBytes),
                "journalBytes hold at least one commit");
    }

    public static LocalOptions defaults() {
        return new LocalOptions(
                Durability.FSYNC,
                128 * MEBIBYTE,
                64 * MEBIBYTE,
                24 * MEBIBYTE,
                4 * MEBIBYTE,
                64L * MEBIBYTE,
                96L * MEBIBYTE,
                2_000,
                30_000,
                32 * MEBIBYTE,
                Clock.systemUTC());
    }

    public LocalOptions withDurability(Durability value) {
        return new LocalOptions(
                value,
                segmentBytes,
                journalBytes,
                maxBatchBytes,
                commitBytes,
                queuedBytes,
                memoryLogBytes,
                openFiles,
                housekeepingMillis,
                compactionBytes,
                clock);
    }

    public LocalOptions withSegmentBytes(int value) {
        return new LocalOptions(
                durability,
                value,
                journalBytes,
                maxBatchBytes,
                commitBytes,
                queuedBytes,
                memoryLogBytes,
                openFiles,
                housekeepingMillis,
                compactionBytes,
                clock);
    }

    public LocalOptions withJournalBytes(int value) {
        return new LocalOptions(
                durability,
                segmentBytes,
                value,
                maxBatchBytes,
                commitBytes,
                queuedBytes,
                memoryLogBytes,
                openFiles,
                housekeepingMillis,
                compactionBytes,
                clock);
    }

    public LocalOptions withQueuedBytes(long value) {
        return new LocalOptions(
                durability,
                segmentBytes,
                journalBytes,
                maxBatchBytes,
                commitBytes,
                value,
                memoryLogBytes,
                openFiles,
                housekeepingMillis,
                compactionBytes,
                clock);
    }

    public LocalOptions withMemoryLogBytes(long value) {
        return new LocalOptions(
                durability,
                segmentBytes,
                journalBytes,
                maxBatchBytes,
                commitBytes,
                queuedBytes,
                value,
                openFiles,
                housekeepingMillis,
                compactionBytes,
                clock);
    }

    public LocalOptions withOpenFiles(int value) {
        return new LocalOptions(
                durability,
                segmentBytes,
                journalBytes,
                maxBatchBytes,
                commitBytes,
                queuedBytes,
                memoryLogBytes,
                value,
                housekeepingMillis,
                compactionBytes,
                clock);
    }

    public LocalOptions withHousekeepingMillis(long value) {
        return new LocalOptions(
                durability,
                segmentBytes,
                journalBytes,
                maxBatchBytes,
                commitBytes,
                queuedBytes,
                memoryLogBytes,
                openFiles,
                value,
                compactionBytes,
                clock);
    }

    public LocalOptions withCompactionBytes(int value) {
        return new LocalOptions(
                durability,
                segmentBytes,
                journalBytes,
                maxBatchBytes,
                commitBytes,
                queuedBytes,
                memoryLogBytes,
                openFiles,
                housekeepingMillis,
                value,
                clock);
    }

    public LocalOptions withClock(InstantSource value) {
        return new LocalOptions(
                durability,
                segmentBytes,
                journalBytes,
                maxBatchBytes,
                commitBytes,
                queuedBytes,
                memoryLogBytes,
                openFiles,
                housekeepingMillis,
                compactionBytes,
                value);
    }

    /** Largest batch and largest commit, which limit what a journal file must hold. */
    public LocalOptions withCommitLimits(int newMaxBatchBytes, int newCommitBytes) {
        return new LocalOptions(
                durability,
                segmentBytes,
                journalBytes,
                newMaxBatchBytes,
                newCommitBytes,
                queuedBytes,
                memoryLogBytes,
                openFiles,
                housekeepingMillis,
                compactionBytes,
                clock);
    }

    /** How many logs a commit may write, and as many may wait for being synced, and as many are just synced. */
    int unsyncedFiles() {
        return openFiles / 4;
    }

    private static void require(boolean condition, String rule) {
        if (!condition) {
            throw new IllegalArgumentException(rule);
        }
    }
}
