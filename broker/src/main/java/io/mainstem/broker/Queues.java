package io.mainstem.broker;

import io.mainstem.broker.BrokerException.Kind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The queues of a broker. May be used from any thread. */
public final class Queues {

    /** The number of shards is part of the stored data: a queue's state is in the log of number modulo this. */
    static final int SHARDS = 64;

    private final BrokerContext context;
    private final List<Shard> shards = new ArrayList<>();
    private final TransientNumbers numbers;
    private final Catalogue catalogue;
    private final MetadataLog metadata;
    private final BindingChanges bindingChanges;
    private final Topics topics;

    Queues(BrokerContext context, TransientNumbers numbers) {
        this.context = context;
        this.numbers = numbers;
        this.catalogue = new Catalogue(context, this);
        this.metadata = new MetadataLog(context, catalogue::apply);
        this.bindingChanges = new BindingChanges(context, catalogue, metadata, numbers);
        this.topics = new Topics(catalogue, metadata, bindingChanges, numbers);
        for (int number = 0; number < SHARDS; number++) {
            shards.add(new Shard(number, context, this));
        }
    }

    public Optional<Queue> find(String name) {
        return catalogue.queue(name);
    }

    public List<Queue> all() {
        return catalogue.queues();
    }

    /**
     * The queue of this name, made if there is none; fails as INVALID_NAME. Whether an existing queue is what the
     * caller wants, the caller sees in its spec and owner.
     *
     * @param owner who may use an exclusive queue
     */
    public CompletionStage<Queue> declare(QueueSpec spec, @Nullable Object owner) {
        return metadata.change(() -> {
            Optional<Queue> present = catalogue.queue(spec.name());
            if (present.isPresent()) {
                return CompletableFuture.completedFuture(present.get());
            }
            Topics.checkName("queue", spec.name());
            CompletionStage<Void> added = spec.isPersistent()
                    ? metadata.append(new MetadataRecord.QueueDeclared(spec)).thenApply(offset -> null)
                    : catalogue.addQueue(new Queue(numbers.next(), spec, owner, this, context));
            return added.thenApply(done -> catalogue.queue(spec.name()).orElseThrow());
        });
    }

    /** Removes a queue; completes with how many messages waited. Fails as UNKNOWN_QUEUE, IN_USE or NOT_EMPTY. */
    public CompletionStage<Long> delete(String name, boolean ifUnused, boolean ifEmpty) {
        return metadata.change(() -> {
            Queue queue = catalogue.queue(name).orElseThrow(() -> unknown(name));
            if (ifUnused && queue.consumerCount() > 0) {
                throw new BrokerException(Kind.IN_USE, "queue '" + name + "' in use");
            }
            return queue.countReady()
                    .thenComposeAsync(
                            messages -> {
                                if (ifEmpty && messages > 0) {
                                    throw new BrokerException(Kind.NOT_EMPTY, "queue '" + name + "' not empty");
                                }
                                return bindingChanges.remove(queue).thenApply(done -> messages);
                            },
                            context.loops().metadata());
        });
    }

    /** What leads to a queue now, by the names of the topics. */
    public List<QueueBinding> bindings(Queue queue) {
        return catalogue.graph().boundTo(queue).stream()
                .sorted(Comparator.comparing(Topic::name))
                .flatMap(topic -> topic.bindings().openTo(queue).stream().map(spec -> new QueueBinding(topic, spec)))
                .toList();
    }

    /**
     * The topics that a queue gets records from, or has got some from that may still be there, by name: those that it
     * is bound to, those whose records these route, and its own.
     */
    public List<Topic> sources(Queue queue) {
        return inlets(queue).stream()
                .map(TopicGraph.Inlet::topic)
                .distinct()
                .sorted(Comparator.comparing(Topic::name))
                .toList();
    }

    CompletionStage<Void> bind(Queue queue, Topic topic, BindingSpec spec) {
        return bindingChanges.bind(topic, queue, spec);
    }

    CompletionStage<Void> unbind(Queue queue, Topic topic, BindingSpec spec) {
        return bindingChanges.unbind(topic, queue, spec);
    }

    CompletionStage<Topic> createOwnTopic(Queue queue) {
        TopicSpec spec = TopicSpec.routed(
                Topics.OWN_TOPIC_PREFIX + queue.name(),
                Routing.ALL,
                !queue.spec().isPersistent(),
                true);
        return metadata.change(() -> {
            if (catalogue.queue(queue.name()).filter(queue::equals).isEmpty()) {
                throw unknown(queue.name());
            }
            Optional<Topic> present = catalogue.topic(spec.name());
            return present.isPresent()
                    ? CompletableFuture.completedFuture(present.get())
                    : bindingChanges.add(spec, queue.number());
        });
    }

    /** Completes once all changes that were asked for before the call have been made. */
    CompletionStage<Void> whenChanged() {
        return metadata.change(() -> CompletableFuture.completedFuture(null));
    }

    BrokerContext context() {
        return context;
    }

    Topics topics() {
        return topics;
    }

    Catalogue catalogue() {
        return catalogue;
    }

    MetadataLog metadata() {
        return metadata;
    }

    Shard shardOf(long queueNumber) {
        return shards.get((int) (queueNumber % SHARDS));
    }

    Optional<Topic> topicByNumber(long number) {
        return catalogue.topic(number);
    }

    /** Where the queue gets records from. */
    List<TopicGraph.Inlet> inlets(Queue queue) {
        return catalogue.graph().inlets(queue);
    }

    CompletionStage<Void> close() {
        return Topic.all(catalogue.topics(), Topic::tellEverybody).thenCompose(told -> closeShards());
    }

    private CompletionStage<Void> closeShards() {
        return CompletableFuture.allOf(shards.stream()
                .map(shard -> shard.close().toCompletableFuture())
                .toArray(CompletableFuture[]::new));
    }

    static BrokerException unknown(String name) {
        return BrokerException.unknownQueue(name);
    }
}
