package io.mainstem.engine;

/**
 * How a log is to be kept.
 *
 * @param inMemory the log never touches the disk and ends with the process; "durable" then means "appended"
 */
public record LogSpec(LogId id, boolean inMemory) {}
