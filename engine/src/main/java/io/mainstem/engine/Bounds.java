package io.mainstem.engine;

/**
 * What can be read of a log.
 *
 * @param firstOffset the oldest offset that is kept
 * @param durableEndOffset the offset after the newest durable record
 */
public record Bounds(long firstOffset, long durableEndOffset) {}
