package io.mainstem.engine;

/**
 * How a log is to be kept.
 *
 * @param inMemory the log never touches the disk and ends with the process; "durable" then means "appended"
 * @param policy what goes without being asked; may be replaced later by {@link Engine#configure}
 */
public record LogSpec(LogId id, boolean inMemory, LogPolicy policy) {

    /** A log that keeps everything until it is trimmed. */
    public LogSpec(LogId id, boolean inMemory) {
        this(id, inMemory, LogPolicy.KEEP);
    }
}
