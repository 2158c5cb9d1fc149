package io.mainstem.broker;

import io.mainstem.engine.Bounds;
import io.mainstem.engine.Engine;
import io.mainstem.engine.FileSlice;
import io.mainstem.engine.LocalLogs;
import io.mainstem.engine.LogId;
import io.mainstem.engine.LogSpec;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where events live, stored once: a name and one or more logs. Stream clients append and read batches; others publish
 * single messages, which the broker batches, and bind queues. May be used from any thread.
 */
public final class Topic {

    private final long number;
    private final UUID id;
    private final List<LogId> logs;
    private final BrokerContext context;
    private final List<TopicWriter> writers;
    private final List<Router> routers;
    private final Partitioner partitioner;

    /** One for each log; none for a topic on disk. */
    private final List<MemoryRetention> retentions;

    private volatile TopicSpec spec;
    private volatile List<Binding> bindings = List.of();
    private volatile boolean open;

    Topic(long number, MetadataRecord.TopicCreated created, BrokerContext context) {
        this.number = number;
        this.id = created.id();
        this.spec = created.spec();
        this.context = context;
        this.logs = partitionsOf(spec)
                .mapToObj(partition -> new LogId(spec.name(), partition, number))
                .toList();
        int batchBytes = context.options().publishBatchBytes();
        this.writers = partitionsOf(spec)
                .mapToObj(partition -> new TopicWriter(this, partition, batchBytes))
                .toList();
        EventLoop loop = context.loops().of(number);
        this.routers = partitionsOf(spec)
                .mapToObj(partition -> new Router(this, partition, context, loop))
                .toList();
        this.partitioner = new Partitioner(spec.partitions());
        this.retentions = spec.inMemory()
                ? logs.stream()
                        .map(log -> new MemoryRetention(context.engine(), log))
                        .toList()
                : List.of();
    }

    public String name() {
        return spec.name();
    }

    public UUID id() {
        return id;
    }

    public TopicSpec spec() {
        return spec;
    }

    public int partitions() {
        return logs.size();
    }

    /** Appends a checked batch under the rules of {@link Engine#append(LogId, ByteBuffer)}. */
    public CompletionStage<Long> append(int partition, ByteBuffer batch) {
        return context.engine().append(logs.get(partition), batch);
    }

    /** Reads whole batches under the rules of {@link Engine#read}. */
    public CompletionStage<ByteBuffer> read(int partition, long fromOffset, int maxBytes) {
        return context.engine().read(logs.get(partition), fromOffset, maxBytes);
    }

    /** Whole batches as a region of a file, where the store has files; otherwise {@link #read} gives them. */
    public Optional<FileSlice> slice(int partition, long fromOffset, int maxBytes) {
        return context.engine().local().flatMap(local -> local.slice(logs.get(partition), fromOffset, maxBytes));
    }

    public Bounds bounds(int partition) {
        return context.engine().bounds(logs.get(partition));
    }

    /** Tells each growth of the durable end under the rules of {@link Engine#watch}. */
    public Engine.Registration watch(int partition, Engine.DurableListener listener) {
        return context.engine().watch(logs.get(partition), listener);
    }

    /** The first record that is not older than the time; empty also where the store cannot look up by time. */
    public Optional<LocalLogs.TimedOffset> firstAtOrAfter(int partition, long timestampMillis) {
        return context.engine().local().flatMap(local -> local.firstAtOrAfter(logs.get(partition), timestampMillis));
    }

    /** The record with the largest timestamp; empty also where the store cannot look up by time. */
    public Optional<LocalLogs.TimedOffset> withMaxTimestamp(int partition) {
        return context.engine().local().flatMap(local -> local.withMaxTimestamp(logs.get(partition)));
    }

    /**
     * Publishes one message. Messages with the same key, and all that one caller publishes to a topic of one partition,
     * keep their order. The listener is called when the message is durable and has reached the queues that want it.
     */
    public void publish(Message message, PublishListener listener, long token) {
        writers.get(partitioner.partition(message.key())).publish(message, listener, token);
    }

    /** Whether a record with this key, published now, would reach any queue. */
    public boolean routes(@Nullable ByteBuffer key) {
        for (Binding binding : bindings) {
            if (binding.isOpen() && binding.filter().matches(key)) {
                return true;
            }
        }
        return false;
    }

    long number() {
        return number;
    }

    LogId log(int partition) {
        return logs.get(partition);
    }

    Routing routing() {
        return spec.routing().orElse(Routing.PATTERN);
    }

    void setRouting(Routing routing) {
        spec = spec.withRouting(routing);
    }

    /** Only an open topic is found by name. */
    boolean isOpen() {
        return open;
    }

    CompletionStage<Void> open() {
        return all(logs, log -> context.engine().open(new LogSpec(log, spec.inMemory())))
                .thenRun(() -> {
                    routers.forEach(Router::start);
                    open = true;
                });
    }

    /** Ends the use of the topic and removes its logs. */
    CompletionStage<Void> delete() {
        open = false;
        bindings.stream().map(Binding::queue).distinct().forEach(queue -> queue.detach(this));
        routers.forEach(Router::stop);
        return all(logs, context.engine()::delete);
    }

    /**
     * Runs a change of bindings between two records: what this broker published before is settled, and nothing is
     * routed until the change has taken effect.
     *
     * @param change is given the offsets, one for each log, from which on it is in force
     */
    CompletionStage<Void> betweenRecords(Function<long[], CompletionStage<Void>> change) {
        EventLoop metadata = context.loops().metadata();
        return all(writers, TopicWriter::settled)
                .thenCompose(settled -> all(routers, Router::pause))
                .thenComposeAsync(paused -> change.apply(durableEnds()), metadata)
                .whenComplete((done, failure) -> routers.forEach(Router::resume));
    }

    private long[] durableEnds() {
        return partitionsOf(spec)
                .mapToLong(partition -> bounds(partition).durableEndOffset())
                .toArray();
    }

    private static <T> CompletionStage<Void> all(List<T> parts, Function<T, CompletionStage<?>> action) {
        return CompletableFuture.allOf(parts.stream()
                .map(part -> action.apply(part).toCompletableFuture())
                .toArray(CompletableFuture[]::new));
    }

    void whenRouted(int partition, long endOffset, Runnable task) {
        if (bindings.isEmpty()) {
            task.run();
        } else {
            routers.get(partition).whenRouted(endOffset, task);
        }
    }

    List<Binding> bindings() {
        return bindings;
    }

    boolean hasOpenBindings() {
        return bindings.stream().anyMatch(Binding::isOpen);
    }

    Optional<Binding> openBinding(BindingKey key) {
        return bindings.stream()
                .filter(binding -> binding.isOpen() && binding.key().equals(key))
                .findFirst();
    }

    /** Called by the metadata loop only, as are the other changes of bindings. */
    void addBinding(Binding binding) {
        for (int partition = 0; partition < retentions.size(); partition++) {
            retentions.get(partition).expect(binding.queue(), binding.fromOffsets()[partition]);
        }
        replaceBindings(Stream.concat(bindings.stream(), Stream.of(binding)).toList());
    }

    void endBinding(BindingKey key, long[] untilOffsets) {
        replaceBindings(bindings.stream()
                .map(binding ->
                        binding.isOpen() && binding.key().equals(key) ? binding.endingAt(untilOffsets) : binding)
                .toList());
    }

    void dropBindings(Queue queue) {
        retentions.forEach(retention -> retention.forget(queue));
        replaceBindings(bindings.stream()
                .filter(binding -> !binding.queue().equals(queue))
                .toList());
    }

    /** A queue has settled what lies below an offset; told by its event loop. */
    void needs(Queue queue, int partition, long fromOffset) {
        if (spec.inMemory()) {
            retentions.get(partition).needs(queue, fromOffset);
        }
    }

    /** Nobody is bound, and what lies below an offset was passed by. */
    void passedBy(int partition, long endOffset) {
        if (spec.inMemory()) {
            retentions.get(partition).passedBy(endOffset);
        }
    }

    /** Routes to a queue what follows the offset below which the queue knows everything. */
    void attach(int partition, long knownThrough) {
        routers.get(partition).attach(knownThrough);
    }

    private void replaceBindings(List<Binding> newBindings) {
        bindings = newBindings;
        for (int partition = 0; partition < partitions(); partition++) {
            routers.get(partition).replaceTable(new RoutingTable(this, partition, newBindings));
        }
    }

    private static IntStream partitionsOf(TopicSpec spec) {
        return IntStream.range(0, spec.partitions());
    }
}
