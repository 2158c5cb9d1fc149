package io.mainstem.interop;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.AlterConfigsOptions;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.ConfigResource;

/** Settings of topics: by default, as made, as altered, refused. */
final class SettingScenarios {

    /** Compared by name, value and source; others depend on the machine or on what a broker has. */
    private static final List<String> COMPARED = List.of(
            "cleanup.policy",
            "compression.type",
            "delete.retention.ms",
            "file.delete.delay.ms",
            "flush.messages",
            "flush.ms",
            "index.interval.bytes",
            "max.compaction.lag.ms",
            "max.message.bytes",
            "message.timestamp.after.max.ms",
            "message.timestamp.before.max.ms",
            "message.timestamp.type",
            "min.cleanable.dirty.ratio",
            "min.compaction.lag.ms",
            "min.insync.replicas",
            "preallocate",
            "retention.bytes",
            "retention.ms",
            "segment.bytes",
            "segment.index.bytes",
            "segment.jitter.ms",
            "segment.ms",
            "unclean.leader.election.enable");

    private SettingScenarios() {}

    static List<Scenario<KafkaStage>> all() {
        return List.of(
                new Scenario<>("settings-by-default", SettingScenarios::byDefault),
                new Scenario<>("settings-altered", SettingScenarios::altered),
                new Scenario<>("settings-refused", SettingScenarios::refused));
    }

    private static void byDefault(KafkaStage stage, String name) {
        KafkaStage.get(TopicScenarios.create(
                stage,
                new NewTopic(name, 1, (short) 1)
                        .configs(Map.of("retention.ms", "86400000", "cleanup.policy", "compact,delete"))));
        seeSettings(stage, "", name);
    }

    private static void altered(KafkaStage stage, String name) {
        TopicScenarios.make(stage, List.of(name));
        stage.seeOutcome("set", alter(stage, name, op("retention.ms", "1000000", AlterConfigOp.OpType.SET)));
        stage.seeOutcome(
                "set two",
                alter(
                        stage,
                        name,
                        op("retention.bytes", "1073741824", AlterConfigOp.OpType.SET),
                        op("segment.ms", "3600000", AlterConfigOp.OpType.SET)));
        stage.seeOutcome("append", alter(stage, name, op("cleanup.policy", "compact", AlterConfigOp.OpType.APPEND)));
        seeSettings(stage, "appended ", name);
        stage.seeOutcome(
                "append again", alter(stage, name, op("cleanup.policy", "compact", AlterConfigOp.OpType.APPEND)));
        stage.seeOutcome("subtract", alter(stage, name, op("cleanup.policy", "delete", AlterConfigOp.OpType.SUBTRACT)));
        stage.seeOutcome("delete", alter(stage, name, op("retention.ms", "", AlterConfigOp.OpType.DELETE)));
        stage.seeOutcome(
                "delete what was not set",
                alter(stage, name, op("max.message.bytes", "", AlterConfigOp.OpType.DELETE)));
        seeSettings(stage, "then ", name);
        Map<ConfigResource, Collection<AlterConfigOp>> validated =
                Map.of(topic(name), List.of(op("segment.ms", "5000", AlterConfigOp.OpType.SET)));
        stage.seeOutcome(
                "validate",
                stage.admin()
                        .incrementalAlterConfigs(validated, new AlterConfigsOptions().validateOnly(true))
                        .all());
        seeSettings(stage, "validated ", name);
    }

    private static void refused(KafkaStage stage, String name) {
        TopicScenarios.make(stage, List.of(name));
        refuse(stage, name, "no.such.setting", "1");
        refuse(stage, name, "retention.ms", "-2");
        refuse(stage, name, "retention.ms", "soon");
        refuse(stage, name, "cleanup.policy", "shred");
        refuse(stage, name, "segment.bytes", "13");
        refuse(stage, name, "min.cleanable.dirty.ratio", "1.5");
        refuse(stage, name, "message.timestamp.type", "Yesterday");
        refuse(stage, name, "compression.type", "rar");
        refuse(stage, name, "max.message.bytes", "-1");
        refuse(stage, name, "delete.retention.ms", "-5");
        stage.seeOutcome(
                "append to a number", alter(stage, name, op("retention.ms", "1", AlterConfigOp.OpType.APPEND)));
        stage.seeOutcome(
                "a topic that is not there",
                alter(stage, name + "-absent", op("retention.ms", "1", AlterConfigOp.OpType.SET)));
        stage.seeOutcome(
                "describe a topic that is not there",
                stage.admin().describeConfigs(List.of(topic(name + "-absent"))).all());
        seeSettings(stage, "", name);
    }

    private static void refuse(KafkaStage stage, String topic, String setting, String value) {
        stage.seeOutcome(setting + " " + value, alter(stage, topic, op(setting, value, AlterConfigOp.OpType.SET)));
    }

    private static ConfigResource topic(String name) {
        return new ConfigResource(ConfigResource.Type.TOPIC, name);
    }

    private static AlterConfigOp op(String setting, String value, AlterConfigOp.OpType type) {
        return new AlterConfigOp(new ConfigEntry(setting, value), type);
    }

    static Future<Void> alter(KafkaStage stage, String topic, AlterConfigOp... operations) {
        return stage.admin()
                .incrementalAlterConfigs(Map.of(topic(topic), List.of(operations)))
                .all();
    }

    private static void seeSettings(KafkaStage stage, String prefix, String topic) {
        Config config = KafkaStage.get(
                        stage.admin().describeConfigs(List.of(topic(topic))).all())
                .get(topic(topic));
        Map<String, String> described = new TreeMap<>();
        for (String setting : COMPARED) {
            ConfigEntry entry = config.get(setting);
            described.put(
                    setting,
                    entry == null
                            ? "absent"
                            : entry.value()
                                    + (entry.source() == ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG
                                            ? " (set)"
                                            : ""));
        }
        described.forEach((setting, value) -> stage.see(prefix + setting, value));
    }
}
