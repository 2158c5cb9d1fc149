package io.mainstem.log;

import io.mainstem.engine.batch.RecordBatch;
import io.mainstem.log.disk.Disk;
import io.mainstem.log.disk.DiskFile;
import java.io.IOException;
import java.io.SyncFailedException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/** Mistakes that a log could make. The simulation must find every one of them. */
enum PlantedFault {
    /** Records are acknowledged before the journal is synced. */
    ACKNOWLEDGES_BEFORE_THE_SYNC,
    /** A journal file is used again before the segments have what it vouches for. */
    REUSES_THE_JOURNAL_BEFORE_THE_SEGMENTS_ARE_SYNCED,
    /** A new log is used before its directory is durable. */
    DOES_NOT_SYNC_DIRECTORIES,
    /** What a refused commit left behind stays. */
    DOES_NOT_TRUNCATE,
    /** A start ignores the journal. */
    DOES_NOT_REPLAY_THE_JOURNAL,
    /** A start believes a torn batch. */
    DOES_NOT_CUT_TORN_BATCHES,
    /** A start takes what an earlier generation left in a journal file for its own. */
    DOES_NOT_CHECK_THE_GENERATION,
    /** A start replays a torn commit. */
    DOES_NOT_CHECK_COMMITS,
    /** Segments go before it is durable where the log begins now. */
    DOES_NOT_SYNC_THE_MARK,
    /** A start knows only those producers whose batches are still there. */
    FORGETS_PRODUCERS,
    /** What compaction has written is put in its place before it is synced. */
    DOES_NOT_SYNC_WHAT_IS_COMPACTED,
    /** A start takes a compacted segment for one that has all its offsets. */
    DOES_NOT_HEED_THE_COMPACTED_MARK,
    /** A start writes what the journal has over a segment that was compacted since. */
    REPLAYS_OVER_COMPACTED_SEGMENTS,
    /** Of a key an older record stays instead of the newest. */
    KEEPS_AN_OLDER_RECORD,
    /** Records that delete their keys go before everybody could see them. */
    DOES_NOT_WAIT_FOR_THE_HORIZON;

    RecoveryChecks checks() {
        return new RecoveryChecks() {
            @Override
            boolean isSound(ByteBuffer batch) {
                return PlantedFault.this == DOES_NOT_CUT_TORN_BATCHES || super.isSound(batch);
            }

            @Override
            boolean isCurrent(ByteBuffer commit, long generation, long position) {
                return PlantedFault.this == DOES_NOT_CHECK_THE_GENERATION
                        || super.isCurrent(commit, generation, position);
            }

            @Override
            boolean isIntact(ByteBuffer commit) {
                return PlantedFault.this == DOES_NOT_CHECK_COMMITS || super.isIntact(commit);
            }

            @Override
            boolean mayBeCompacted(long segmentBase, long compactedBefore) {
                return PlantedFault.this != REPLAYS_OVER_COMPACTED_SEGMENTS
                        && super.mayBeCompacted(segmentBase, compactedBefore);
            }

            @Override
            boolean isOutdated(long offset, long newestOffset) {
                return PlantedFault.this == KEEPS_AN_OLDER_RECORD
                        ? newestOffset == offset
                        : super.isOutdated(offset, newestOffset);
            }

            @Override
            boolean isExpired(RecordBatch batch, long nowMillis) {
                return PlantedFault.this == DOES_NOT_WAIT_FOR_THE_HORIZON || super.isExpired(batch, nowMillis);
            }
        };
    }

    /** A disk that does not do all that it is told. */
    Disk between(Disk disk) {
        return new Disk() {
            private boolean hasNewMark;

            @Override
            public DiskFile open(String path) throws IOException {
                return betweenFile(path, disk.open(path));
            }

            @Override
            public DiskFile create(String path) throws IOException {
                hasNewMark |= path.endsWith(Layout.FIRST);
                return betweenFile(path, disk.create(path));
            }

            @Override
            public List<String> list(String directory) throws IOException {
                boolean hides = PlantedFault.this == DOES_NOT_REPLAY_THE_JOURNAL && directory.equals(Layout.JOURNAL);
                String hidden = directory.endsWith(DirectoryName.DELETED_SUFFIX) ? "" : hiddenSuffix();
                return hides
                        ? List.of()
                        : disk.list(directory).stream()
                                .filter(name -> hidden.isEmpty() || !name.endsWith(hidden))
                                .toList();
            }

            @Override
            public void createDirectory(String path) throws IOException {
                disk.createDirectory(path);
            }

            @Override
            public void rename(String from, String to) throws IOException {
                disk.rename(from, to);
            }

            @Override
            public void delete(String path) throws IOException {
                disk.delete(path);
            }

            @Override
            public void syncDirectory(String path) throws SyncFailedException {
                boolean isMark = hasNewMark && path.startsWith(Layout.LOGS + "/");
                hasNewMark &= !isMark;
                if (PlantedFault.this != DOES_NOT_SYNC_DIRECTORIES
                        && !(PlantedFault.this == DOES_NOT_SYNC_THE_MARK && isMark)) {
                    disk.syncDirectory(path);
                }
            }
        };
    }

    private String hiddenSuffix() {
        return switch (this) {
            case FORGETS_PRODUCERS -> Layout.SNAPSHOT;
            case DOES_NOT_HEED_THE_COMPACTED_MARK -> Layout.COMPACTED;
            default -> "";
        };
    }

    private DiskFile betweenFile(String path, DiskFile file) {
        boolean isJournal = path.startsWith(Layout.JOURNAL);
        boolean isCompacted = path.endsWith(Layout.CLEANED);
        return new DiskFile() {
            @Override
            public long sizeInBytes() throws IOException {
                return file.sizeInBytes();
            }

            @Override
            public void read(ByteBuffer into, long position) throws IOException {
                file.read(into, position);
            }

            @Override
            public void write(ByteBuffer from, long position) throws IOException {
                file.write(from, position);
            }

            @Override
            public void truncate(long sizeInBytes) throws IOException {
                if (PlantedFault.this != DOES_NOT_TRUNCATE) {
                    file.truncate(sizeInBytes);
                }
            }

            @Override
            public void sync() throws SyncFailedException {
                boolean skips = isJournal
                        ? PlantedFault.this == ACKNOWLEDGES_BEFORE_THE_SYNC
                        : PlantedFault.this == REUSES_THE_JOURNAL_BEFORE_THE_SEGMENTS_ARE_SYNCED;
                boolean skipsCompacted = isCompacted && PlantedFault.this == DOES_NOT_SYNC_WHAT_IS_COMPACTED;
                if (!skips && !skipsCompacted) {
                    file.sync();
                }
            }

            @Override
            public void rename(String newPath) throws IOException {
                file.rename(newPath);
            }

            @Override
            public Optional<Pinned> pin() throws IOException {
                return file.pin();
            }

            @Override
            public void close() throws IOException {
                file.close();
            }
        };
    }
}
