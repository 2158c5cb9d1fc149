package io.mainstem.broker;

/**
 * What the router found for one queue between two offsets of a log.
 *
 * @param offsets those that the queue gets, ascending
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record RoutedOffsets(Topic topic, int partition, long fromOffset, long throughOffset, long[] offsets) {}
