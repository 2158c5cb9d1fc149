package io.mainstem.log;

import io.mainstem.engine.batch.RecordBatch;
import io.mainstem.engine.batch.RecordBatch.Problem;
import java.nio.ByteBuffer;

/**
 * What recovery believes, and what compaction takes. A class of its own so that a test can show that each check is
 * needed.
 */
class RecoveryChecks {

    /** Whether the bytes are a batch that was written here. */
    boolean isSound(ByteBuffer batch) {
        return RecordBatch.check(batch, 0) == Problem.NONE
                && RecordBatch.of(batch).sizeInBytes() == batch.limit()
                && batch.getInt(RecordBatch.LEADER_EPOCH) == Admission.LEADER_EPOCH;
    }

    /** Whether a commit is of the generation and the position that it was found at, rather than a leftover. */
    boolean isCurrent(ByteBuffer commit, long generation, long position) {
        return commit.getLong(JournalLayout.COMMIT_GENERATION) == generation
                && commit.getLong(JournalLayout.COMMIT_POSITION) == position;
    }

    /** Whether a record is no longer needed, given the newest known offset of its key, or -1. */
    boolean isOutdated(long offset, long newestOffset) {
        return newestOffset > offset;
    }

    /** Whether a record that deletes its key was there long enough. */
    boolean isExpired(RecordBatch batch, long nowMillis) {
        return batch.hasDeleteHorizon() && batch.deleteHorizonMillis() <= nowMillis;
    }

    /** Whether a segment may have been compacted, so that the journal no longer knows what is in it. */
    boolean mayBeCompacted(long segmentBase, long compactedBefore) {
        return segmentBase < compactedBefore;
    }

    /** Whether a commit is complete and as it was written. */
    boolean isIntact(ByteBuffer commit) {
        return JournalLayout.isIntact(commit);
    }
}
