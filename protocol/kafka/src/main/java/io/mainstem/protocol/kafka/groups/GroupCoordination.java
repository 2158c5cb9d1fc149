package io.mainstem.protocol.kafka.groups;

import io.mainstem.broker.Topic;
import io.mainstem.broker.TopicSettings;
import io.mainstem.broker.TopicSpec;
import io.mainstem.broker.Topics;
import io.mainstem.engine.Engine;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.CoordinatorNotAvailableException;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.message.DeleteGroupsResponseData.DeletableGroupResultCollection;
import org.apache.kafka.common.message.DescribeGroupsResponseData;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupResponseData;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.ListGroupsResponseData;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetDeleteResponseData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseGroup;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.utils.BufferSupplier;
import org.apache.kafka.coordinator.group.GroupCoordinator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The door to the group coordinator, which is started by whoever comes first. Stages complete on any thread, and only
 * when what they say is durable; they fail with Kafka's exceptions. May be used from any thread, event loops included.
 */
public final class GroupCoordination implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(GroupCoordination.class);

    private static final String OFFSETS_TOPIC = "__consumer_offsets";

    /**
     * A group belongs to the partition that its name hashes to, so this is for ever. Kafka's fifty spread the groups
     * over brokers; here one thread serves them all, and more logs would only make more files and a slower start.
     */
    private static final int OFFSETS_PARTITIONS = 4;

    /** A segment that is written to is not compacted; so this bounds what the next start reads of each partition. */
    private static final int OFFSETS_SEGMENT_BYTES = 16 << 20;

    private final Topics topics;
    private final Supplier<List<Topic>> visibleTopics;
    private final GroupOptions options;

    private @Nullable ScheduledExecutorService executor;
    private @Nullable CompletableFuture<GroupHost> host;
    private @Nullable GroupHost running;
    private Engine.@Nullable Registration watch;
    private boolean closed;

    /** @param visibleTopics what clients can name */
    public GroupCoordination(Topics topics, Supplier<List<Topic>> visibleTopics, GroupOptions options) {
        this.topics = topics;
        this.visibleTopics = visibleTopics;
        this.options = options;
    }

    public CompletionStage<JoinGroupResponseData> join(Caller caller, JoinGroupRequestData request) {
        return ask(coordinator -> coordinator.joinGroup(caller, request, BufferSupplier.NO_CACHING));
    }

    public CompletionStage<SyncGroupResponseData> sync(Caller caller, SyncGroupRequestData request) {
        return ask(coordinator -> coordinator.syncGroup(caller, request, BufferSupplier.NO_CACHING));
    }

    public CompletionStage<HeartbeatResponseData> heartbeat(Caller caller, HeartbeatRequestData request) {
        return ask(coordinator -> coordinator.heartbeat(caller, request));
    }

    public CompletionStage<LeaveGroupResponseData> leave(Caller caller, LeaveGroupRequestData request) {
        return ask(coordinator -> coordinator.leaveGroup(caller, request));
    }

    public CompletionStage<ConsumerGroupHeartbeatResponseData> heartbeat(
            Caller caller, ConsumerGroupHeartbeatRequestData request) {
        return ask(coordinator -> coordinator.consumerGroupHeartbeat(caller, request));
    }

    public CompletionStage<ListGroupsResponseData> list(Caller caller, ListGroupsRequestData request) {
        return ask(coordinator -> coordinator.listGroups(caller, request));
    }

    public CompletionStage<List<DescribeGroupsResponseData.DescribedGroup>> describe(
            Caller caller, List<String> groupIds) {
        return ask(coordinator -> coordinator.describeGroups(caller, groupIds));
    }

    public CompletionStage<List<ConsumerGroupDescribeResponseData.DescribedGroup>> describeConsumerGroups(
            Caller caller, List<String> groupIds) {
        return ask(coordinator -> coordinator.consumerGroupDescribe(caller, groupIds));
    }

    public CompletionStage<DeletableGroupResultCollection> delete(Caller caller, List<String> groupIds) {
        return ask(coordinator -> coordinator.deleteGroups(caller, groupIds, BufferSupplier.NO_CACHING));
    }

    /** The topics of the request are checked, and carry both name and id. */
    public CompletionStage<OffsetCommitResponseData> commit(Caller caller, OffsetCommitRequestData request) {
        return ask(coordinator -> coordinator.commitOffsets(caller, request, BufferSupplier.NO_CACHING));
    }

    /** @param requireStable whether to wait until what was committed before is durable */
    public CompletionStage<OffsetFetchResponseGroup> offsets(
            Caller caller, OffsetFetchRequestGroup request, boolean requireStable) {
        return ask(coordinator -> coordinator.fetchOffsets(caller, request, requireStable));
    }

    public CompletionStage<OffsetDeleteResponseData> deleteOffsets(Caller caller, OffsetDeleteRequestData request) {
        return ask(coordinator -> coordinator.deleteOffsets(caller, request, BufferSupplier.NO_CACHING));
    }

    boolean hasPartition(TopicPlace place) {
        return find(place.topic())
                .filter(topic -> place.partition() >= 0 && place.partition() < topic.partitions())
                .isPresent();
    }

    /** The id of a topic that clients can name; the zero id if there is none. */
    Uuid idOf(String name) {
        return find(name).map(TopicsView::idOf).orElse(Uuid.ZERO_UUID);
    }

    private Optional<Topic> find(String name) {
        return visibleTopics.get().stream()
                .filter(topic -> topic.name().equals(name))
                .findFirst();
    }

    private <T> CompletionStage<T> ask(Function<GroupCoordinator, CompletableFuture<T>> question) {
        return started().thenCompose(started -> question.apply(started.coordinator()));
    }

    /** A start that fails is tried again by whoever comes next. */
    private synchronized CompletableFuture<GroupHost> started() {
        if (closed) {
            return CompletableFuture.failedFuture(new CoordinatorNotAvailableException("the listener ends"));
        }
        if (host == null || host.isCompletedExceptionally()) {
            if (executor == null) {
                executor = Executors.newSingleThreadScheduledExecutor(GroupCoordination::newThread);
            }
            ScheduledExecutorService thread = executor;
            host = topics.declareInternal(offsetsTopic())
                    .thenComposeAsync(topic -> start(topic, thread), thread)
                    .exceptionally(failure -> {
                        if (!isClosed()) {
                            LOG.error("The group coordinator could not be started", failure);
                        }
                        throw new CoordinatorNotAvailableException("the group coordinator could not be started");
                    })
                    .toCompletableFuture();
        }
        return host;
    }

    private static TopicSpec offsetsTopic() {
        TopicSettings settings = TopicSettings.of(
                Map.of("cleanup.policy", "compact", "segment.bytes", Integer.toString(OFFSETS_SEGMENT_BYTES)));
        return TopicSpec.stream(OFFSETS_TOPIC, OFFSETS_PARTITIONS, settings);
    }

    private CompletableFuture<GroupHost> start(Topic offsetsTopic, ScheduledExecutorService thread) {
        GroupHost starting = new GroupHost(offsetsTopic, visibleTopics, options, thread);
        synchronized (this) {
            if (closed) {
                // this thread was told to end as well, and has something to end first
                boolean wasInterrupted = Thread.interrupted();
                starting.close();
                if (wasInterrupted) {
                    Thread.currentThread().interrupt();
                }
                throw new CoordinatorNotAvailableException("the listener ends");
            }
            running = starting;
            // Before the first look at the topics, so that no change is missed.
            watch = topics.watch(starting::topicsChanged);
        }
        return starting.start().thenApply(loaded -> starting);
    }

    private static Thread newThread(Runnable work) {
        Thread thread = new Thread(work, "mainstem-groups");
        thread.setDaemon(true);
        return thread;
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    /** Ends the coordinator, if there is one, within milliseconds. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (watch != null) {
            watch.close();
        }
        if (running != null) {
            running.close();
        }
        if (executor != null) {
            executor.shutdownNow();
        }
    }
}
