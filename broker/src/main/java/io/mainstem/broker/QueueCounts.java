package io.mainstem.broker;

/**
 * What a queue holds.
 *
 * @param ready messages that wait for a consumer
 * @param readyBytes of their values together
 * @param held messages that consumers have and have not answered
 * @param delayed messages that join the others later
 */
public record QueueCounts(long ready, long readyBytes, long held, long delayed) {

    static final QueueCounts NONE = new QueueCounts(0, 0, 0, 0);
}
