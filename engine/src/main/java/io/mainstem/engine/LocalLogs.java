package io.mainstem.engine;

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

    /** A record's place and timestamp. */
    record TimedOffset(long offset, long timestampMillis) {}
}
