package io.mainstem.broker;

import io.mainstem.engine.Engine;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * What there is: topics, queues, bindings. Changed in the metadata loop only, by applying records; read from any
 * thread. While the broker starts nothing is opened: the replay only says what there will be.
 */
final class Catalogue {

    private final BrokerContext context;
    private final Queues queues;
    private final Map<String, Topic> topicsByName = new ConcurrentHashMap<>();
    private final Map<UUID, Topic> topicsById = new ConcurrentHashMap<>();
    private final Map<Long, Topic> topicsByNumber = new ConcurrentHashMap<>();
    private final Map<String, Queue> queuesByName = new ConcurrentHashMap<>();
    private final Map<Long, Queue> queuesByNumber = new ConcurrentHashMap<>();
    private final TopicGraph graph = new TopicGraph(this::topic, name -> Optional.ofNullable(topicsByName.get(name)));
    private final List<Runnable> watchers = new CopyOnWriteArrayList<>();
    private final List<Topic> deletedWhileStarting = new ArrayList<>();

    private boolean started;
    private @Nullable String clusterId;
    private long producerIdLimit;

    Catalogue(BrokerContext context, Queues queues) {
        this.context = context;
        this.queues = queues;
    }

    Optional<Topic> topic(String name) {
        return Optional.ofNullable(topicsByName.get(name)).filter(Topic::isOpen);
    }

    Optional<Topic> topic(UUID id) {
        return Optional.ofNullable(topicsById.get(id)).filter(Topic::isOpen);
    }

    Optional<Topic> topic(long number) {
        return Optional.ofNullable(topicsByNumber.get(number));
    }

    List<Topic> topics() {
        return topicsByName.values().stream().filter(Topic::isOpen).toList();
    }

    Optional<Queue> queue(String name) {
        return Optional.ofNullable(queuesByName.get(name));
    }

    List<Queue> queues() {
        return List.copyOf(queuesByName.values());
    }

    Optional<String> clusterId() {
        return Optional.ofNullable(clusterId);
    }

    long producerIdLimit() {
        return producerIdLimit;
    }

    TopicGraph graph() {
        return graph;
    }

    /** Opens everything that the replay has left; completes when all of it can be used. */
    CompletionStage<Void> start() {
        started = true;
        CompletableFuture<?>[] deleting = deletedWhileStarting.stream()
                .map(topic -> topic.delete(List.of()).toCompletableFuture())
                .toArray(CompletableFuture[]::new);
        deletedWhileStarting.clear();
        CompletableFuture<?>[] opening = topicsByNumber.values().stream()
                .map(topic -> topic.open().toCompletableFuture())
                .toArray(CompletableFuture[]::new);
        return CompletableFuture.allOf(deleting)
                .thenCompose(deleted -> CompletableFuture.allOf(opening))
                .thenCompose(opened -> CompletableFuture.allOf(queuesByNumber.values().stream()
                        .map(queue -> queue.start().toCompletableFuture())
                        .toArray(CompletableFuture[]::new)))
                .thenCompose(restored -> Topic.all(topics(), Topic::catchUp));
    }

    Engine.Registration watch(Runnable listener) {
        watchers.add(listener);
        return () -> watchers.remove(listener);
    }

    /** Applies a change that is durable; for what never is, with a number that no record has. */
    CompletionStage<Void> apply(MetadataRecord change, long offset) {
        return takeEffect(change, offset).thenRun(() -> watchers.forEach(Runnable::run));
    }

    private CompletionStage<Void> takeEffect(MetadataRecord change, long offset) {
        if (change instanceof MetadataRecord.TopicCreated created) {
            return addTopic(new Topic(offset, created, context, queuesByName::values), created);
        } else if (change instanceof MetadataRecord.TopicDeleted deleted) {
            return removeTopic(deleted.topic(), deleted.cut());
        } else if (change instanceof MetadataRecord.TopicRetired retired) {
            topic(retired.topic()).ifPresent(topic -> retire(topic, retired.cut()));
        } else if (change instanceof MetadataRecord.QueueDeclared declared) {
            return addQueue(new Queue(offset, declared.spec(), null, queues, context));
        } else if (change instanceof MetadataRecord.QueueDeleted deleted) {
            removeQueue(deleted.queue(), deleted.cut());
        } else if (change instanceof MetadataRecord.Bound bound) {
            bind(bound.key(), bound.cut());
        } else if (change instanceof MetadataRecord.Unbound unbound) {
            topic(unbound.key().topic()).ifPresent(topic -> graph.unbind(topic, unbound.key(), unbound.cut()));
        } else if (change instanceof MetadataRecord.TopicRouted routed) {
            topic(routed.topic()).ifPresent(topic -> graph.adopt(topic, routed));
        } else if (change instanceof MetadataRecord.TopicConfigured configured) {
            return topic(configured.topic())
                    .map(topic -> topic.configure(TopicSettings.of(configured.settings())))
                    .orElse(CompletableFuture.completedFuture(null));
        } else if (change instanceof MetadataRecord.PartitionsAdded added) {
            return topic(added.topic())
                    .map(topic -> topic.addPartitions(added.partitions()))
                    .orElse(CompletableFuture.completedFuture(null));
        } else if (change instanceof MetadataRecord.ClusterNamed named) {
            clusterId = named.clusterId();
        } else if (change instanceof MetadataRecord.ProducerIdsReserved reserved) {
            producerIdLimit = reserved.limit();
        }
        return CompletableFuture.completedFuture(null);
    }

    CompletionStage<Void> addQueue(Queue queue) {
        queuesByNumber.put(queue.number(), queue);
        queuesByName.put(queue.name(), queue);
        return started ? queue.start() : CompletableFuture.completedFuture(null);
    }

    private CompletionStage<Void> addTopic(Topic topic, MetadataRecord.TopicCreated created) {
        topicsByNumber.put(topic.number(), topic);
        topicsById.put(topic.id(), topic);
        topicsByName.put(topic.name(), topic);
        Optional<Queue> owner = Optional.ofNullable(queuesByNumber.get(created.ownerQueue()));
        graph.add(topic, owner, created.cut());
        CompletionStage<Void> open = started ? topic.open() : CompletableFuture.completedFuture(null);
        return open.thenRunAsync(
                () -> {
                    graph.opened(topic, created.cut());
                    owner.ifPresent(queue -> queue.ownTopic().set(topic));
                },
                context.loops().metadata());
    }

    private void retire(Topic topic, Cut cut) {
        topicsById.remove(topic.id());
        topicsByName.remove(topic.name(), topic);
        graph.retire(topic, cut);
    }

    /** Those that are no longer found, and are kept for what queues have got from them. */
    List<Topic> retired() {
        return topicsByNumber.values().stream()
                .filter(topic -> topic.isOpen() && !topic.equals(topicsByName.get(topic.name())))
                .toList();
    }

    private CompletionStage<Void> removeTopic(long number, Cut cut) {
        Topic topic = topicsByNumber.remove(number);
        if (topic == null) {
            return CompletableFuture.completedFuture(null);
        }
        topicsById.remove(topic.id());
        // once it is retired, another one may have its name
        topicsByName.remove(topic.name(), topic);
        graph.remove(topic, cut);
        if (!started) {
            deletedWhileStarting.add(topic);
            return CompletableFuture.completedFuture(null);
        }
        return topic.delete(topic.queuesThatMayHold());
    }

    private void removeQueue(long number, Cut cut) {
        Queue queue = queuesByNumber.remove(number);
        if (queue != null) {
            queuesByName.remove(queue.name());
            graph.remove(queue, cut);
            topicsByNumber.values().forEach(topic -> topic.forget(queue));
            queue.end();
        }
    }

    private void bind(BindingKey key, Cut cut) {
        Topic source = topicsByNumber.get(key.topic());
        Destination destination =
                key.toTopic() ? topicsByNumber.get(key.destination()) : queuesByNumber.get(key.destination());
        if (source != null && destination != null) {
            graph.bind(source, destination, key, cut);
        }
    }
}
