package io.mainstem.engine;

import java.util.List;
import java.util.Optional;

/** What only files on this machine can give. The methods may read the disk, but never wait for a sync. */
public interface LocalLogs {

    /**
     * A region that starts with the batch that holds the offset, under the rules of {@link Engine#read}. Empty for a
     * log in memory, which is to be read instead.
     *
     * @throws EngineException as {@link Engine#read} fails
     */
    Optional<FileSlice> slice(LogId log, long fromOffset, int maxBytes);

    /** The first durable record whose timestamp is not older than the given one, in offset order. */
    Optional<TimedOffset> firstAtOrAfter(LogId log, long timestampMillis);

    /** The first durable record with the largest timestamp of the log; empty for an empty log. */
    Optional<TimedOffset> withMaxTimestamp(LogId log);

    /** What the log takes on the disk or in memory. */
    long sizeInBytes(LogId log);

    /** The idempotent producers that the log knows, in no order. */
    List<ProducerState> producers(LogId log);

    /** Where the files are, in words for an operator, and what their disk holds. */
    Volume volume();

    /** A record's place and timestamp. */
    record TimedOffset(long offset, long timestampMillis) {}

    /**
     * What a log remembers of an idempotent producer.
     *
     * @param lastSequence sequence number of its newest record
     * @param lastTimestampMillis largest timestamp of its newest batch
     */
    record ProducerState(long producerId, short epoch, int lastSequence, long lastTimestampMillis) {}

    /** A directory and its disk; sizes are -1 where there is no disk. */
    record Volume(String directory, long totalBytes, long usableBytes) {}
}
