package io.mainstem.protocol.kafka.groups;

import java.time.InstantSource;

/**
 * The limits and habits of consumer groups.
 *
 * @param clock tells when an offset was committed and whether it is too old
 * @param initialRebalanceMillis how long the first rebalance of an empty classic group waits for more members
 * @param minSessionMillis the shortest session timeout that a classic member may ask for
 * @param maxSessionMillis the longest one
 * @param consumerSessionMillis session timeout of members that speak {@code group.protocol=consumer}
 * @param consumerHeartbeatMillis how often those members are told to send a heartbeat
 * @param maxMembers members of one group
 * @param maxMetadataBytes what may be committed along with an offset
 * @param retentionMillis offsets of a group without members that are older than this are removed
 * @param retentionCheckMillis how often that is looked at
 */
public record GroupOptions(
        InstantSource clock,
        int initialRebalanceMillis,
        int minSessionMillis,
        int maxSessionMillis,
        int consumerSessionMillis,
        int consumerHeartbeatMillis,
        int maxMembers,
        int maxMetadataBytes,
        long retentionMillis,
        long retentionCheckMillis) {

    private static final int MINUTE_MILLIS = 60_000;

    public GroupOptions {
        if (initialRebalanceMillis < 0
                || minSessionMillis < 1
                || maxSessionMillis < minSessionMillis
                || consumerHeartbeatMillis < 1
                || consumerSessionMillis <= consumerHeartbeatMillis
                || maxMembers < 1
                || maxMetadataBytes < 0
                || retentionMillis < MINUTE_MILLIS
                || retentionCheckMillis < 1) {
            throw new IllegalArgumentException("options of consumer groups out of range");
        }
    }

    /**
     * Kafka's defaults, but for two. There the first rebalance of a group waits 3 s, which spares a fleet that starts
     * together a few rebalances; here a consumer begins to read at once, as with the settings file that Kafka ships.
     * And the members of a group are bounded.
     */
    public static GroupOptions defaults() {
        return new GroupOptions(
                InstantSource.system(),
                0,
                6_000,
                30 * MINUTE_MILLIS,
                45_000,
                5_000,
                10_000,
                4_096,
                7L * 24 * 60 * MINUTE_MILLIS,
                10L * MINUTE_MILLIS);
    }
}
