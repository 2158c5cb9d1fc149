package io.mainstem.protocol.kafka;

import io.mainstem.broker.TopicSetting;
import io.mainstem.broker.TopicSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicConfigs;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResourceResult;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsSynonym;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigSource;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigType;

/** The settings of topics, and of the listener, as Kafka's configs. */
final class Configs {

    private Configs() {}

    /** All configs of a topic, by name. */
    static List<DescribeConfigsResourceResult> ofTopic(TopicSettings settings) {
        return TopicSettings.definitions().stream()
                .map(setting -> describe(setting, settings))
                .collect(Collectors.toList());
    }

    /** What a creator is told of its topic. */
    static List<CreatableTopicConfigs> ofCreated(TopicSettings settings) {
        return TopicSettings.definitions().stream()
                .map(setting -> new CreatableTopicConfigs()
                        .setName(setting.name())
                        .setValue(settings.value(setting.name()))
                        .setConfigSource(sourceOf(setting, settings).id()))
                .collect(Collectors.toList());
    }

    /** What a client may want to know of the broker; none of it can be changed while it runs. */
    static List<DescribeConfigsResourceResult> ofBroker(KafkaOptions options) {
        return List.of(
                fixed("auto.create.topics.enable", ConfigType.BOOLEAN, options.autoCreateTopics()),
                fixed("connections.max.idle.ms", ConfigType.LONG, options.maxIdleMillis()),
                fixed("default.replication.factor", ConfigType.INT, 1),
                fixed("delete.topic.enable", ConfigType.BOOLEAN, true),
                fixed("fetch.max.bytes", ConfigType.INT, options.maxFetchBytes()),
                fixed("max.connections", ConfigType.INT, options.maxConnections()),
                fixed("min.insync.replicas", ConfigType.INT, 1),
                fixed("node.id", ConfigType.INT, Client.NODE_ID),
                fixed("num.partitions", ConfigType.INT, options.defaultPartitions()),
                fixed("socket.request.max.bytes", ConfigType.INT, options.maxFrameBytes()));
    }

    private static DescribeConfigsResourceResult fixed(String name, ConfigType type, Object value) {
        DescribeConfigsSynonym itself = synonym(name, value.toString(), ConfigSource.STATIC_BROKER_CONFIG);
        return new DescribeConfigsResourceResult()
                .setName(name)
                .setValue(value.toString())
                .setReadOnly(true)
                .setConfigSource(ConfigSource.STATIC_BROKER_CONFIG.id())
                .setConfigType(type.id())
                .setSynonyms(List.of(itself))
                .setDocumentation(null);
    }

    private static DescribeConfigsResourceResult describe(TopicSetting setting, TopicSettings settings) {
        String name = setting.name();
        List<DescribeConfigsSynonym> synonyms = new ArrayList<>();
        if (settings.explicit().containsKey(name)) {
            synonyms.add(synonym(name, settings.value(name), ConfigSource.TOPIC_CONFIG));
        }
        synonyms.add(synonym(name, setting.defaultValue(), ConfigSource.DEFAULT_CONFIG));
        return new DescribeConfigsResourceResult()
                .setName(name)
                .setValue(settings.value(name))
                .setConfigSource(sourceOf(setting, settings).id())
                .setConfigType(typeOf(setting).id())
                .setSynonyms(synonyms)
                .setDocumentation(setting.meaning());
    }

    private static DescribeConfigsSynonym synonym(String name, String value, ConfigSource source) {
        return new DescribeConfigsSynonym().setName(name).setValue(value).setSource(source.id());
    }

    private static ConfigSource sourceOf(TopicSetting setting, TopicSettings settings) {
        return settings.explicit().containsKey(setting.name())
                ? ConfigSource.TOPIC_CONFIG
                : ConfigSource.DEFAULT_CONFIG;
    }

    private static ConfigType typeOf(TopicSetting setting) {
        return switch (setting.type()) {
            case BOOLEAN -> ConfigType.BOOLEAN;
            case INT -> ConfigType.INT;
            case LONG -> ConfigType.LONG;
            case DOUBLE -> ConfigType.DOUBLE;
            case STRING -> ConfigType.STRING;
            case LIST -> ConfigType.LIST;
        };
    }
}
