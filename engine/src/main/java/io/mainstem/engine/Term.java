package io.mainstem.engine;

/**
 * The right to write a state log, until somebody acquires it again.
 *
 * @param epoch the offset of the FENCE that began the term
 */
public record Term(LogId stateLog, long epoch) {}
