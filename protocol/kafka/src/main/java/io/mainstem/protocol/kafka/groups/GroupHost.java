package io.mainstem.protocol.kafka.groups;

import com.yammer.metrics.core.MetricsRegistry;
import io.mainstem.broker.Topic;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.coordinator.group.GroupCoordinator;
import org.apache.kafka.coordinator.group.GroupCoordinatorService;
import org.apache.kafka.coordinator.group.metrics.GroupCoordinatorMetrics;
import org.apache.kafka.coordinator.group.metrics.GroupCoordinatorRuntimeMetrics;
import org.apache.kafka.image.MetadataDelta;
import org.apache.kafka.image.MetadataImage;
import org.apache.kafka.server.share.persister.NoOpStatePersister;
import org.apache.kafka.server.util.PartitionMetadataClient;
import org.apache.kafka.server.util.timer.SystemTimer;
import org.apache.kafka.server.util.timer.SystemTimerReaper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Kafka's group coordinator, at home in this broker: coordinator of every partition of the offsets topic.
 *
 * <p>A partition whose log did not do what the coordinator was promised is resigned and elected again, which loads its
 * state from the log. What waited for the lost records fails with an error that clients try again.
 */
final class GroupHost implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(GroupHost.class);

    /** A disk that fails every batch must not make us read the log without a break. */
    private static final int RELOAD_DELAY_MILLIS = 100;

    private static final int NODE_ID = 1;

    private final ScheduledExecutorService executor;
    private final Metrics metrics = new Metrics();
    private final MetricsRegistry metricsRegistry = new MetricsRegistry();
    private final List<OffsetsLog> logs = new ArrayList<>();
    private final int[] epochs;
    private final AtomicBoolean topicsChanged = new AtomicBoolean();
    private final TopicsView topics;
    private final GroupCoordinatorService coordinator;
    private volatile boolean closed;

    /**
     * @param offsetsTopic where the state is kept; the number of its partitions never changes
     * @param visibleTopics what clients can name
     * @param executor one thread, on which the host does what takes time
     */
    GroupHost(
            Topic offsetsTopic,
            Supplier<List<Topic>> visibleTopics,
            GroupOptions options,
            ScheduledExecutorService executor) {
        this.executor = executor;
        this.epochs = new int[offsetsTopic.partitions()];
        for (int index = 0; index < offsetsTopic.partitions(); index++) {
            int partition = index;
            logs.add(new OffsetsLog(offsetsTopic, partition, () -> reload(partition)));
        }
        this.topics = new TopicsView(visibleTopics, this::tellCoordinator);
        this.coordinator = build(new GroupSettings(options), new GroupClock(options.clock()));
        // here, because one that was not started up keeps its threads when it is shut down
        coordinator.startup(logs::size);
    }

    private GroupCoordinatorService build(GroupSettings settings, GroupClock clock) {
        return new GroupCoordinatorService.Builder(NODE_ID, settings.groups())
                .withWriter(new OffsetsWriter(logs))
                .withLoader(new OffsetsLoader(logs, topics, executor, this::loadFailed))
                .withTime(clock)
                .withTimer(new SystemTimerReaper("mainstem-group-reaper", new SystemTimer("mainstem-group-timer")))
                .withCoordinatorRuntimeMetrics(new GroupCoordinatorRuntimeMetrics(metrics))
                .withGroupCoordinatorMetrics(new GroupCoordinatorMetrics(metricsRegistry, metrics))
                .withGroupConfigManager(settings.newConfigManager())
                .withPersister(new NoOpStatePersister())
                .withAuthorizerPlugin(Optional.empty())
                .withPartitionMetadataClient(new NoShareGroups())
                .build();
    }

    /** Takes up the work; completes when the state is loaded. Called once, by the host's thread. */
    CompletableFuture<Void> start() {
        // The topics come first: a coordinator that is elected without them takes away every assignment.
        topics.update();
        for (int partition = 0; partition < logs.size(); partition++) {
            coordinator.onElection(partition, epochs[partition]);
        }
        return CompletableFuture.allOf(logs.stream().map(OffsetsLog::loaded).toArray(CompletableFuture[]::new));
    }

    GroupCoordinator coordinator() {
        return coordinator;
    }

    /** What the broker has may have changed. From any thread; several calls that come together cost one look. */
    void topicsChanged() {
        if (topicsChanged.compareAndSet(false, true)) {
            submit(
                    () -> {
                        topicsChanged.set(false);
                        topics.update();
                    },
                    0);
        }
    }

    private void tellCoordinator(MetadataDelta delta, MetadataImage image) {
        coordinator.onMetadataUpdate(delta, image);
    }

    private void loadFailed(int partition) {
        logs.get(partition).loaded().complete(null);
        reload(partition);
    }

    private void reload(int partition) {
        submit(() -> resign(partition), 0);
        submit(() -> elect(partition), RELOAD_DELAY_MILLIS);
    }

    private void resign(int partition) {
        epochs[partition]++;
        coordinator.onResignation(partition, OptionalInt.of(epochs[partition]));
    }

    private void elect(int partition) {
        coordinator.onElection(partition, epochs[partition]);
    }

    /** Has the host's thread do something; from any thread. */
    private void submit(Runnable task, int delayMillis) {
        try {
            var unused = executor.schedule(() -> run(task), delayMillis, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("nothing is done any more at the end", e);
        }
    }

    private void run(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            if (!closed) {
                LOG.error("the group coordinator does not know of a change", e);
            }
        }
    }

    /** Ends within milliseconds. What waits for the coordinator fails with an error that clients try again. */
    @Override
    public void close() {
        closed = true;
        coordinator.shutdown();
        metrics.close();
        metricsRegistry.shutdown();
    }

    /** Asked for share groups only. */
    private static final class NoShareGroups implements PartitionMetadataClient {

        @Override
        public Map<TopicPartition, CompletableFuture<OffsetResponse>> listLatestOffsets(
                Set<TopicPartition> partitions) {
            return Map.of();
        }

        @Override
        public void close() {}
    }
}
