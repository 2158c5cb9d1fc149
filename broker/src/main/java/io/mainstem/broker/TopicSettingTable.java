package io.mainstem.broker;

import static io.mainstem.broker.TopicSetting.effective;
import static io.mainstem.broker.TopicSetting.ineffective;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Every setting that a topic may have, with its default. The names are Kafka's, where it has one. */
final class TopicSettingTable {

    static final String CLEANUP_POLICY = "cleanup.policy";
    static final String RETENTION_MS = "retention.ms";
    static final String RETENTION_BYTES = "retention.bytes";
    static final String RETENTION_RECORDS = "retention.records";
    static final String SETTLED_RETENTION_MS = "settled.retention.ms";
    static final String SETTLED_CEILING_BYTES = "settled.ceiling.bytes";
    static final String SEGMENT_BYTES = "segment.bytes";
    static final String SEGMENT_MS = "segment.ms";
    static final String MAX_MESSAGE_BYTES = "max.message.bytes";
    static final String MIN_COMPACTION_LAG_MS = "min.compaction.lag.ms";
    static final String MAX_COMPACTION_LAG_MS = "max.compaction.lag.ms";
    static final String DELETE_RETENTION_MS = "delete.retention.ms";
    static final String MIN_CLEANABLE_DIRTY_RATIO = "min.cleanable.dirty.ratio";
    static final String MESSAGE_TIMESTAMP_TYPE = "message.timestamp.type";
    static final String MESSAGE_TIMESTAMP_BEFORE_MAX_MS = "message.timestamp.before.max.ms";
    static final String MESSAGE_TIMESTAMP_AFTER_MAX_MS = "message.timestamp.after.max.ms";

    static final String COMPACT = "compact";
    static final String DELETE = "delete";
    static final String SETTLED = "settled";
    static final String CREATE_TIME = "CreateTime";
    static final String LOG_APPEND_TIME = "LogAppendTime";

    private static final int UNLIMITED = -1;
    private static final int MOST = Integer.MAX_VALUE;
    private static final int MIB = 1 << 20;
    private static final int BATCH_OVERHEAD_BYTES = 12;
    private static final long NEVER = Long.MAX_VALUE;
    private static final String ONE_BROKER = "there is one broker and one copy of each record";
    private static final String STORED_AS_SENT = "batches are stored as they came";
    private static final String NOT_TIERED = "nothing is tiered";

    /** By name, in order. */
    static final Map<String, TopicSetting> BY_NAME = new TreeMap<>();

    static {
        Stream.of(retention(), compaction(), segments(), messages(), keptOnly(), tiered())
                .flatMap(List::stream)
                .forEach(setting -> BY_NAME.put(setting.name(), setting));
    }

    private TopicSettingTable() {}

    private static List<TopicSetting> retention() {
        return List.of(
                effective(
                                CLEANUP_POLICY,
                                "what makes old records go: retention (delete), newer ones of their key"
                                        + " (compact), both, every queue that has settled them (settled), or nothing"
                                        + " when empty")
                        .list(DELETE, "delete, compact and settled", Set.of(DELETE, COMPACT, SETTLED)::contains),
                effective(RETENTION_MS, "how old a record gets before it goes; -1: any age")
                        .longs(TimeUnit.DAYS.toMillis(7), UNLIMITED),
                effective(RETENTION_BYTES, "what a partition keeps at least, in bytes; -1: everything")
                        .longs(UNLIMITED, UNLIMITED),
                effective(RETENTION_RECORDS, "how many records a partition keeps at least; -1: all")
                        .longs(UNLIMITED, UNLIMITED),
                effective(SETTLED_RETENTION_MS, "how old a record gets before it goes, once every queue has settled it")
                        .longs(TimeUnit.HOURS.toMillis(1), 0),
                effective(SETTLED_CEILING_BYTES, "what a topic takes before its publishers wait for its queues")
                        .longs(16L << 30, MIB));
    }

    private static List<TopicSetting> compaction() {
        return List.of(
                effective(MIN_COMPACTION_LAG_MS, "how old a record is before compaction may take it")
                        .longs(0, 0),
                effective(MAX_COMPACTION_LAG_MS, "how old a record is when compaction comes at the latest")
                        .longs(NEVER, 1),
                effective(MIN_CLEANABLE_DIRTY_RATIO, "which share of a log is not compacted when compaction comes")
                        .share(0.5),
                effective(DELETE_RETENTION_MS, "how long a record that deletes its key stays after compaction")
                        .longs(TimeUnit.DAYS.toMillis(1), 0));
    }

    private static List<TopicSetting> segments() {
        return List.of(
                effective(SEGMENT_BYTES, "how large a file of a log gets").ints(1 << 30, MIB, MOST),
                effective(SEGMENT_MS, "how long a file of a log is written to").longs(TimeUnit.DAYS.toMillis(7), 1));
    }

    private static List<TopicSetting> messages() {
        return List.of(
                effective(MAX_MESSAGE_BYTES, "how large a batch may be that a stream client sends")
                        .ints(MIB + BATCH_OVERHEAD_BYTES, 0, MOST),
                effective(
                                MESSAGE_TIMESTAMP_TYPE,
                                "whose clock tells the time of a record: its producer's (CreateTime)"
                                        + " or the broker's (LogAppendTime)")
                        .choice(CREATE_TIME, LOG_APPEND_TIME),
                effective(MESSAGE_TIMESTAMP_BEFORE_MAX_MS, "how far behind the broker's clock a record's time may be")
                        .longs(NEVER, 0),
                effective(MESSAGE_TIMESTAMP_AFTER_MAX_MS, "how far ahead of the broker's clock a record's time may be")
                        .longs(TimeUnit.HOURS.toMillis(1), 0),
                effective("compression.type", "how records are compressed: as their producer did it")
                        .only(TopicSetting.Type.STRING, "producer", STORED_AS_SENT),
                effective("min.insync.replicas", "how many copies of a record there are before it is acknowledged")
                        .only(TopicSetting.Type.INT, "1", ONE_BROKER));
    }

    /** What is taken and kept, so that tools find it again, and has no effect. */
    private static List<TopicSetting> keptOnly() {
        String batchesAsSent = "no effect: " + STORED_AS_SENT;
        String oneBroker = "no effect: " + ONE_BROKER;
        String alwaysSynced = "no effect: the broker's durability says when records are synced";
        String ownIndex = "no effect: the store's indexes and files are its own";
        return List.of(
                ineffective("compression.gzip.level", batchesAsSent).ints(-1, -1, 9),
                ineffective("compression.lz4.level", batchesAsSent).ints(9, 1, 17),
                ineffective("compression.zstd.level", batchesAsSent).ints(3, -131_072, 22),
                ineffective("file.delete.delay.ms", ownIndex).longs(60_000, 0),
                ineffective("flush.messages", alwaysSynced).longs(NEVER, 1),
                ineffective("flush.ms", alwaysSynced).longs(NEVER, 0),
                replicas("follower.replication.throttled.replicas", oneBroker),
                ineffective("index.interval.bytes", ownIndex).ints(4096, 0, MOST),
                replicas("leader.replication.throttled.replicas", oneBroker),
                ineffective("preallocate", ownIndex).flag(false),
                ineffective("segment.index.bytes", ownIndex).ints(10 << 20, 4, MOST),
                ineffective("segment.jitter.ms", ownIndex).longs(0, 0),
                ineffective("unclean.leader.election.enable", oneBroker).flag(false));
    }

    private static TopicSetting replicas(String name, String meaning) {
        return ineffective(name, meaning)
                .list(
                        "",
                        "* or pairs of a partition and a broker such as 0:1",
                        entry -> entry.matches("\\*|\\d+:\\d+"));
    }

    private static List<TopicSetting> tiered() {
        String meaning = "no effect: " + NOT_TIERED;
        return List.of(
                ineffective("local.retention.bytes", meaning).only(TopicSetting.Type.LONG, "-2", NOT_TIERED),
                ineffective("local.retention.ms", meaning).only(TopicSetting.Type.LONG, "-2", NOT_TIERED),
                ineffective("remote.log.copy.disable", meaning).only(TopicSetting.Type.BOOLEAN, "false", NOT_TIERED),
                ineffective("remote.log.delete.on.disable", meaning)
                        .only(TopicSetting.Type.BOOLEAN, "false", NOT_TIERED),
                ineffective("remote.storage.enable", meaning).only(TopicSetting.Type.BOOLEAN, "false", NOT_TIERED));
    }
}
