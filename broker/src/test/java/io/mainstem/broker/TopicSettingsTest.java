package io.mainstem.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mainstem.broker.BrokerException.Kind;
import io.mainstem.engine.LogPolicy;
import io.mainstem.engine.LogPolicy.Compaction;
import io.mainstem.engine.LogPolicy.Retention;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TopicSettingsTest {

    private static final long DAY_MILLIS = 86_400_000;

    @Test
    void whereNothingIsSetRecordsStaySevenDays() {
        assertThat(TopicSettings.DEFAULTS.policy())
                .isEqualTo(new LogPolicy(
                        new Retention(7 * DAY_MILLIS, -1, -1), Optional.empty(), 1 << 30, 7 * DAY_MILLIS));
        assertThat(TopicSettings.DEFAULTS.explicit()).isEmpty();
        assertThat(TopicSettings.DEFAULTS.value("max.message.bytes")).isEqualTo("1048588");
    }

    @Test
    void everySettingOfTheStoreReachesItsPolicy() {
        TopicSettings settings = TopicSettings.of(Map.ofEntries(
                Map.entry("cleanup.policy", "compact, delete"),
                Map.entry("retention.ms", "1"),
                Map.entry("retention.bytes", "2"),
                Map.entry("retention.records", "3"),
                Map.entry("min.compaction.lag.ms", "4"),
                Map.entry("max.compaction.lag.ms", "5"),
                Map.entry("min.cleanable.dirty.ratio", "0.25"),
                Map.entry("delete.retention.ms", "6"),
                Map.entry("segment.bytes", "1048576"),
                Map.entry("segment.ms", "7")));
        assertThat(settings.policy())
                .isEqualTo(
                        new LogPolicy(new Retention(1, 2, 3), Optional.of(new Compaction(4, 5, 0.25, 6)), 1 << 20, 7));
        assertThat(settings.value("cleanup.policy")).isEqualTo("compact,delete");
    }

    @Test
    void onlyWhatTheCleanupPolicyNamesMakesRecordsGo() {
        LogPolicy compacted = TopicSettings.of(Map.of("cleanup.policy", "compact", "retention.bytes", "1"))
                .policy();
        assertThat(compacted.retention()).isEqualTo(LogPolicy.KEEP.retention());
        assertThat(compacted.compaction()).isPresent();
        LogPolicy nothing = TopicSettings.of(Map.of("cleanup.policy", "")).policy();
        assertThat(nothing.retention()).isEqualTo(LogPolicy.KEEP.retention());
        assertThat(nothing.compaction()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "no.such.setting, 1",
        "cleanup.policy, 'compact,shrink'",
        "cleanup.policy, 'compact,compact'",
        "retention.ms, soon",
        "retention.ms, -2",
        "retention.records, 1.5",
        "segment.bytes, 1048575",
        "segment.bytes, 2147483648",
        "min.cleanable.dirty.ratio, 1.1",
        "min.cleanable.dirty.ratio, NaN",
        "message.timestamp.type, createtime",
        "compression.type, zstd",
        "min.insync.replicas, 2",
        "remote.storage.enable, true",
        "local.retention.ms, 5",
        "preallocate, maybe",
        "leader.replication.throttled.replicas, all",
        "message.format.version, 2.0",
    })
    void whatCannotBeIsRefusedByName(String name, String value) {
        assertThatThrownBy(() -> TopicSettings.of(Map.of(name, value)))
                .isInstanceOfSatisfying(
                        BrokerException.class,
                        refusal -> assertThat(refusal.kind()).isEqualTo(Kind.INVALID_SETTING))
                .hasMessageContaining(name);
    }

    @Test
    void aLagThatIsLongerThanTheLongestIsRefused() {
        assertThatThrownBy(() -> TopicSettings.of(Map.of("min.compaction.lag.ms", "10", "max.compaction.lag.ms", "9")))
                .hasMessageContaining("min.compaction.lag.ms");
    }

    @Test
    void everyDefaultIsAValueThatCanBeSet() {
        for (TopicSetting setting : TopicSettings.definitions()) {
            String set = TopicSettings.of(Map.of(setting.name(), setting.defaultValue()))
                    .value(setting.name());
            assertThat(set).as(setting.name()).isEqualTo(setting.defaultValue());
            assertThat(setting.meaning()).isNotBlank();
        }
    }

    @Test
    void whatHasNoEffectIsKept() {
        Map<String, String> set = Map.of("flush.ms", "1000", "unclean.leader.election.enable", "TRUE");
        assertThat(TopicSettings.of(set).explicit())
                .isEqualTo(Map.of("flush.ms", "1000", "unclean.leader.election.enable", "true"));
        assertThat(TopicSettings.definition("flush.ms").orElseThrow().hasEffect())
                .isFalse();
    }
}
