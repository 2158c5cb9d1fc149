package io.mainstem.broker;

import io.mainstem.broker.BrokerException.Kind;
import io.mainstem.engine.LogPolicy;
import io.mainstem.engine.LogPolicy.Compaction;
import io.mainstem.engine.LogPolicy.Retention;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** What a topic has been told about how to keep its records, and the defaults for the rest. Immutable. */
public final class TopicSettings {

    /** Nothing is set; the defaults hold, which keep records for seven days. */
    public static final TopicSettings DEFAULTS = new TopicSettings(new TreeMap<>());

    /** Records stay whatever their age: what topics had that were made before there were settings. */
    static final TopicSettings KEEP = of(Map.of(TopicSettingTable.RETENTION_MS, "-1"));

    /** Records go once every queue has settled them. Files are small, so that the disk gets room soon. */
    public static final TopicSettings UNTIL_SETTLED = of(Map.of(
            TopicSettingTable.CLEANUP_POLICY,
            TopicSettingTable.SETTLED,
            TopicSettingTable.SEGMENT_BYTES,
            Integer.toString(64 << 20)));

    private final SortedMap<String, String> explicit;

    private TopicSettings(SortedMap<String, String> explicit) {
        this.explicit = Collections.unmodifiableSortedMap(explicit);
    }

    /**
     * Settings by name.
     *
     * @throws BrokerException INVALID_SETTING, naming the setting that is not known or whose value cannot be
     */
    public static TopicSettings of(Map<String, String> explicit) {
        SortedMap<String, String> read = new TreeMap<>();
        explicit.forEach((name, value) -> read.put(name, read(name, value)));
        TopicSettings settings = new TopicSettings(read);
        long minLag = settings.number(TopicSettingTable.MIN_COMPACTION_LAG_MS);
        if (minLag > settings.number(TopicSettingTable.MAX_COMPACTION_LAG_MS)) {
            throw new BrokerException(
                    Kind.INVALID_SETTING,
                    TopicSettingTable.MIN_COMPACTION_LAG_MS + " (" + minLag + ") must not be more than "
                            + TopicSettingTable.MAX_COMPACTION_LAG_MS + " ("
                            + settings.number(TopicSettingTable.MAX_COMPACTION_LAG_MS) + ")");
        }
        if (settings.cleanup().containsAll(List.of(TopicSettingTable.COMPACT, TopicSettingTable.SETTLED))) {
            throw new BrokerException(
                    Kind.INVALID_SETTING,
                    TopicSettingTable.CLEANUP_POLICY + " cannot be both " + TopicSettingTable.COMPACT + " and "
                            + TopicSettingTable.SETTLED);
        }
        return settings;
    }

    /** Every setting that there is, by name. */
    public static List<TopicSetting> definitions() {
        return List.copyOf(TopicSettingTable.BY_NAME.values());
    }

    /** What {@link #definitions} says of one setting. */
    public static Optional<TopicSetting> definition(String name) {
        return Optional.ofNullable(TopicSettingTable.BY_NAME.get(name));
    }

    /** What was set, by name; cannot be changed. */
    public SortedMap<String, String> explicit() {
        return explicit;
    }

    /**
     * The value in force, set or not.
     *
     * @throws BrokerException INVALID_SETTING when there is no such setting
     */
    public String value(String name) {
        String value = explicit.get(name);
        return value == null ? known(name).defaultValue() : value;
    }

    /** How a log of the topic is to be kept. */
    public LogPolicy policy() {
        List<String> cleanup = cleanup();
        Retention retention = cleanup.contains(TopicSettingTable.DELETE)
                ? new Retention(
                        number(TopicSettingTable.RETENTION_MS),
                        number(TopicSettingTable.RETENTION_BYTES),
                        number(TopicSettingTable.RETENTION_RECORDS))
                : LogPolicy.KEEP.retention();
        Optional<Compaction> compaction = cleanup.contains(TopicSettingTable.COMPACT)
                ? Optional.of(new Compaction(
                        number(TopicSettingTable.MIN_COMPACTION_LAG_MS),
                        number(TopicSettingTable.MAX_COMPACTION_LAG_MS),
                        Double.parseDouble(value(TopicSettingTable.MIN_CLEANABLE_DIRTY_RATIO)),
                        number(TopicSettingTable.DELETE_RETENTION_MS)))
                : Optional.empty();
        int segmentBytes = Math.toIntExact(number(TopicSettingTable.SEGMENT_BYTES));
        return new LogPolicy(retention, compaction, segmentBytes, number(TopicSettingTable.SEGMENT_MS));
    }

    /** Whether records go once every queue has settled them. */
    boolean isUntilSettled() {
        return cleanup().contains(TopicSettingTable.SETTLED);
    }

    private List<String> cleanup() {
        return List.of(value(TopicSettingTable.CLEANUP_POLICY).split(","));
    }

    long number(String name) {
        return Long.parseLong(value(name));
    }

    private static TopicSetting known(String name) {
        return definition(name)
                .orElseThrow(
                        () -> new BrokerException(Kind.INVALID_SETTING, "there is no topic setting '" + name + "'"));
    }

    private static String read(String name, String value) {
        TopicSetting setting = known(name);
        try {
            return setting.read(value);
        } catch (IllegalArgumentException e) {
            throw new BrokerException(
                    Kind.INVALID_SETTING, name + " cannot be '" + value + "'; it takes " + e.getMessage());
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TopicSettings settings && explicit.equals(settings.explicit);
    }

    @Override
    public int hashCode() {
        return explicit.hashCode();
    }

    @Override
    public String toString() {
        return explicit.toString();
    }
}
