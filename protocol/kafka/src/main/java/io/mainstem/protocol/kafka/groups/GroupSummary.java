package io.mainstem.protocol.kafka.groups;

/**
 * One line about a group.
 *
 * @param groupId what its members call it
 * @param type "classic" or "consumer": the protocol that its members speak, or spoke last
 * @param state as Kafka names it: "Stable", "Empty", "PreparingRebalance", "Reconciling", ...
 */
public record GroupSummary(String groupId, String type, String state) {}
