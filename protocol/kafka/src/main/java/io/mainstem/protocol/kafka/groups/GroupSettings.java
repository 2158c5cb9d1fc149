package io.mainstem.protocol.kafka.groups;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.coordinator.group.GroupConfigManager;
import org.apache.kafka.coordinator.group.GroupCoordinatorConfig;
import org.apache.kafka.coordinator.group.modern.share.ShareGroupConfig;

/** Our options as the coordinator's settings. What is not named has Kafka's default. */
final class GroupSettings {

    private final GroupCoordinatorConfig groups;
    private final ShareGroupConfig shareGroups;

    GroupSettings(GroupOptions options) {
        AbstractConfig config = new AbstractConfig(definitions(), settings(options), false);
        this.groups = new GroupCoordinatorConfig(config);
        this.shareGroups = new ShareGroupConfig(config);
    }

    GroupCoordinatorConfig groups() {
        return groups;
    }

    /** No group has settings of its own. */
    GroupConfigManager newConfigManager() {
        return new GroupConfigManager(groups.extractGroupConfigMap(shareGroups), groups, shareGroups);
    }

    private static Map<String, Object> settings(GroupOptions options) {
        Map<String, Object> settings = new HashMap<>();
        settings.put(GroupCoordinatorConfig.GROUP_COORDINATOR_NUM_THREADS_CONFIG, 1);
        settings.put(GroupCoordinatorConfig.GROUP_COORDINATOR_NUM_BACKGROUND_THREADS_CONFIG, 1);
        settings.put(GroupCoordinatorConfig.GROUP_INITIAL_REBALANCE_DELAY_MS_CONFIG, options.initialRebalanceMillis());
        settings.put(GroupCoordinatorConfig.GROUP_MIN_SESSION_TIMEOUT_MS_CONFIG, options.minSessionMillis());
        settings.put(GroupCoordinatorConfig.GROUP_MAX_SESSION_TIMEOUT_MS_CONFIG, options.maxSessionMillis());
        settings.put(GroupCoordinatorConfig.GROUP_MAX_SIZE_CONFIG, options.maxMembers());
        settings.put(GroupCoordinatorConfig.CONSUMER_GROUP_MAX_SIZE_CONFIG, options.maxMembers());
        int session = options.consumerSessionMillis();
        settings.put(GroupCoordinatorConfig.CONSUMER_GROUP_SESSION_TIMEOUT_MS_CONFIG, session);
        settings.put(
                GroupCoordinatorConfig.CONSUMER_GROUP_MIN_SESSION_TIMEOUT_MS_CONFIG,
                Math.min(session, GroupCoordinatorConfig.CONSUMER_GROUP_MIN_SESSION_TIMEOUT_MS_DEFAULT));
        settings.put(
                GroupCoordinatorConfig.CONSUMER_GROUP_MAX_SESSION_TIMEOUT_MS_CONFIG,
                Math.max(session, GroupCoordinatorConfig.CONSUMER_GROUP_MAX_SESSION_TIMEOUT_MS_DEFAULT));
        int heartbeat = options.consumerHeartbeatMillis();
        settings.put(GroupCoordinatorConfig.CONSUMER_GROUP_HEARTBEAT_INTERVAL_MS_CONFIG, heartbeat);
        settings.put(
                GroupCoordinatorConfig.CONSUMER_GROUP_MIN_HEARTBEAT_INTERVAL_MS_CONFIG,
                Math.min(heartbeat, GroupCoordinatorConfig.CONSUMER_GROUP_MIN_HEARTBEAT_INTERVAL_MS_DEFAULT));
        settings.put(
                GroupCoordinatorConfig.CONSUMER_GROUP_MAX_HEARTBEAT_INTERVAL_MS_CONFIG,
                Math.max(heartbeat, GroupCoordinatorConfig.CONSUMER_GROUP_MAX_HEARTBEAT_INTERVAL_MS_DEFAULT));
        settings.put(GroupCoordinatorConfig.OFFSET_METADATA_MAX_SIZE_CONFIG, options.maxMetadataBytes());
        settings.put(
                GroupCoordinatorConfig.OFFSETS_RETENTION_MINUTES_CONFIG,
                Math.toIntExact(TimeUnit.MILLISECONDS.toMinutes(options.retentionMillis())));
        settings.put(GroupCoordinatorConfig.OFFSETS_RETENTION_CHECK_INTERVAL_MS_CONFIG, options.retentionCheckMillis());
        return settings;
    }

    /** Both parts read their settings from one set. */
    private static ConfigDef definitions() {
        ConfigDef definitions = new ConfigDef(GroupCoordinatorConfig.CONFIG_DEF);
        ShareGroupConfig.CONFIG_DEF.configKeys().values().stream()
                .filter(key -> !definitions.names().contains(key.name))
                .forEach(definitions::define);
        return definitions;
    }
}
