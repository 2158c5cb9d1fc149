package io.mainstem.bench.soak.client;

/**
 * How much a client sends.
 *
 * @param bytes of a message
 */
public record Load(int perSecond, int bytes) {}
