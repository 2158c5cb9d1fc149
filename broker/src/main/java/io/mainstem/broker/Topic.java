package io.mainstem.broker;

import io.mainstem.engine.Bounds;
import io.mainstem.engine.Engine;
import io.mainstem.engine.FileSlice;
import io.mainstem.engine.LocalLogs;
import io.mainstem.engine.LogId;
import io.mainstem.engine.LogPolicy;
import io.mainstem.engine.LogSpec;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where events live, stored once: a name and one or more logs. Stream clients append and read batches; others publish
 * single messages, which the broker batches, and bind queues. May be used from any thread.
 */
public final class Topic implements Destination {

    private final long number;
    private final UUID id;
    private final BrokerContext context;
    private final Supplier<Collection<Queue>> allQueues;
    private final Partitioner partitioner = new Partitioner();
    private final Bindings bindings = new Bindings();

    private volatile TopicSpec spec;
    private volatile List<Partition> partitions;
    private volatile boolean open;
    private final Intake intake;

    /** From which offsets on somebody may still look for something here; by whom. */
    private final Map<Object, long[]> reserved = new ConcurrentHashMap<>();

    private @Nullable RoutingTable routingTable;
    private @Nullable List<Queue> limitedQueues;

    /** @param allQueues those of the broker */
    Topic(
            long number,
            MetadataRecord.TopicCreated created,
            BrokerContext context,
            Supplier<Collection<Queue>> allQueues) {
        this.number = number;
        this.id = created.id();
        this.spec = created.spec();
        this.context = context;
        this.allQueues = allQueues;
        this.intake = new Intake(this, context);
        this.partitions = List.of();
        this.partitions = partitionsFrom(0, spec.partitions());
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
        return partitions.size();
    }

    /** Whether it belongs to the broker itself: clients may read it, and no more. */
    public boolean isInternal() {
        return name().startsWith(Topics.INTERNAL_PREFIX);
    }

    /**
     * Appends a checked batch under the rules of {@link Engine#append(LogId, ByteBuffer)}. A topic whose settings ask
     * for the append time writes it into the batch. Fails as MESSAGE_TOO_LARGE, INVALID_RECORD or INVALID_TIMESTAMP
     * when the settings do not let the batch in, and as OVERLOADED while the topic {@link #isHeld}.
     */
    public CompletionStage<Long> append(int partition, ByteBuffer batch) {
        return append(partition, batch, 0);
    }

    /**
     * Appends as {@link #append(int, ByteBuffer)} does, but where the topic is held it waits for room, and fails only
     * when there is none for so long, or when 16 MiB wait already.
     *
     * @param mostWaitMillis Long.MAX_VALUE: until there is room
     */
    public CompletionStage<Long> append(int partition, ByteBuffer batch, long mostWaitMillis) {
        return intake.append(partition, batch, mostWaitMillis);
    }

    /**
     * Whether the topic has as much as it may have of what its queues have not settled. Then what is published waits,
     * and whoever can should publish no more until {@link #whenRoom}.
     */
    public boolean isHeld() {
        return intake.isHeld();
    }

    /** Completes once publishers need not wait, or the topic is gone; at once if it is not held. */
    public CompletionStage<Void> whenRoom() {
        return intake.whenRoom();
    }

    Intake intake() {
        return intake;
    }

    /** Lets go of the records before an offset under the rules of {@link Engine#trim}. */
    public CompletionStage<Void> trim(int partition, long beforeOffset) {
        return context.engine().trim(log(partition), beforeOffset);
    }

    /** What a partition takes on the disk or in memory; empty where the store cannot tell. */
    public OptionalLong sizeInBytes(int partition) {
        return context.engine().local().stream()
                .mapToLong(local -> local.sizeInBytes(log(partition)))
                .findFirst();
    }

    /** What all partitions take, as far as the store can tell. */
    long sizeInBytes() {
        long bytes = 0;
        for (int partition = 0; partition < partitions(); partition++) {
            bytes += sizeInBytes(partition).orElse(0);
        }
        return bytes;
    }

    /** The idempotent producers that a partition knows; none where the store cannot tell. */
    public List<LocalLogs.ProducerState> producers(int partition) {
        return context.engine()
                .local()
                .map(local -> local.producers(log(partition)))
                .orElse(List.of());
    }

    /** Reads whole batches under the rules of {@link Engine#read}. */
    public CompletionStage<ByteBuffer> read(int partition, long fromOffset, int maxBytes) {
        return context.engine().read(log(partition), fromOffset, maxBytes);
    }

    /** Whole batches as a region of a file, where the store has files; otherwise {@link #read} gives them. */
    public Optional<FileSlice> slice(int partition, long fromOffset, int maxBytes) {
        return context.engine().local().flatMap(local -> local.slice(log(partition), fromOffset, maxBytes));
    }

    public Bounds bounds(int partition) {
        return context.engine().bounds(log(partition));
    }

    /** Tells each growth of the durable end under the rules of {@link Engine#watch}. */
    public Engine.Registration watch(int partition, Engine.DurableListener listener) {
        return context.engine().watch(log(partition), listener);
    }

    /** The first record that is not older than the time; empty also where the store cannot look up by time. */
    public Optional<LocalLogs.TimedOffset> firstAtOrAfter(int partition, long timestampMillis) {
        return context.engine().local().flatMap(local -> local.firstAtOrAfter(log(partition), timestampMillis));
    }

    /** The record with the largest timestamp; empty also where the store cannot look up by time. */
    public Optional<LocalLogs.TimedOffset> withMaxTimestamp(int partition) {
        return context.engine().local().flatMap(local -> local.withMaxTimestamp(log(partition)));
    }

    /**
     * Publishes one message. Messages with the same key, and all that one caller publishes to a topic of one partition,
     * keep their order. The listener is called when the message is durable and has reached the queues that want it.
     */
    public void publish(Message message, PublishListener listener, long token) {
        publish(message, listener, token, false);
    }

    /** Publishes a copy of a message that is leaving a queue; what becomes of it in queues makes no difference. */
    void publishCopy(Message copy, PublishListener listener, long token) {
        publish(copy, listener, token, true);
    }

    private void publish(Message message, PublishListener listener, long token, boolean isCopy) {
        if (message.key() == null && intake.rules().keysRequired()) {
            listener.published(token, AppendRules.noKey());
            return;
        }
        List<Partition> present = partitions;
        present.get(partitioner.partition(message.key(), present.size()))
                .writer()
                .publish(message, listener, token, isCopy);
    }

    /** Whether a message, published now, would reach any queue. */
    public boolean routes(Message message) {
        return routingTable().finds(RecordAddress.of(message, context.options().typedHeaders()));
    }

    long number() {
        return number;
    }

    LogId log(int partition) {
        return partitions.get(partition).log();
    }

    Routing routing() {
        return spec.routing().orElse(Routing.PATTERN);
    }

    /** Called by the metadata loop only: it is routed from now on. */
    void adopt(MetadataRecord.TopicRouted routed) {
        spec = spec.withRoutingOf(routed);
    }

    /** Only an open topic is found by name. */
    boolean isOpen() {
        return open;
    }

    CompletionStage<Void> open() {
        return openLogs(partitions).thenRun(() -> {
            partitions.forEach(it -> it.router().start());
            open = true;
        });
    }

    private CompletionStage<Void> openLogs(List<Partition> opening) {
        LogPolicy policy = policy();
        return all(opening, it -> context.engine().open(new LogSpec(it.log(), spec.inMemory(), policy)));
    }

    private LogPolicy policy() {
        return spec.inMemory() ? LogPolicy.KEEP : spec.settings().policy();
    }

    /** Whether the queues say how long records stay. */
    boolean isKeptUntilSettled() {
        return !spec.inMemory() && spec.settings().isUntilSettled();
    }

    /** A queue may hold what came by a way that no longer is; only what its owner was sent is nobody else's. */
    Collection<Queue> queuesThatMayHold() {
        boolean own = name().startsWith(Topics.OWN_TOPIC_PREFIX);
        return own ? RoutingTable.reachableFrom(this, false) : allQueues.get();
    }

    /** What is settled stays from these offsets on, one for each log, until it is {@link #release released}. */
    void reserve(Object holder, long[] fromOffsets) {
        reserved.put(holder, fromOffsets);
    }

    void release(Object holder) {
        reserved.remove(holder);
    }

    Collection<long[]> reserved() {
        return reserved.values();
    }

    /** Whether there is a queue that has not settled what it got from here, as far as is durable. */
    CompletionStage<Boolean> isNeeded() {
        return intake.settledRetention().isNeeded();
    }

    /** Lets go of what nobody needs, if that is how records are kept; completes when it is done, or has failed. */
    CompletionStage<Void> letGoOfSettled() {
        boolean concerned = isKeptUntilSettled() || (isHeld() && !spec.inMemory());
        return concerned ? intake.settledRetention().look() : CompletableFuture.completedFuture(null);
    }

    /** There is room again for messages that wait. */
    void releaseMessages() {
        partitions.forEach(it -> it.writer().release());
    }

    /** Asks the queues that a topic in memory keeps records for what they still need. */
    void askWhatIsNeeded() {
        partitions.forEach(
                it -> it.retention().ifPresent(memory -> memory.queues().forEach(Queue::tellNeeds)));
    }

    /** In the topic's event loop: what lies below the offset was routed. */
    long routedThrough(int partition) {
        return partitions.get(partition).router().routedThrough();
    }

    /** Called by the metadata loop only, as is {@link #addPartitions}: replaces all settings, before it is open too. */
    CompletionStage<Void> configure(TopicSettings settings) {
        spec = spec.withSettings(settings);
        intake.configure();
        LogPolicy policy = policy();
        return open
                ? all(partitions, it -> context.engine().configure(it.log(), policy))
                : CompletableFuture.completedFuture(null);
    }

    /**
     * Grows to a number of partitions, before it is open too. Open bindings are in force for all that the new logs will
     * ever hold; nobody sees these before they are open.
     */
    CompletionStage<Void> addPartitions(int total) {
        int known = partitions.size();
        if (total <= known) {
            return CompletableFuture.completedFuture(null);
        }
        List<Partition> added = partitionsFrom(known, total);
        CompletionStage<Void> opened = open ? openLogs(added) : CompletableFuture.completedFuture(null);
        return opened.thenRunAsync(
                () -> {
                    spec = spec.withPartitions(total);
                    long version = partitions.get(0).router().versions().latest();
                    Set<Queue> queues = RoutingTable.reachableFrom(this, true);
                    added.forEach(it -> it.router().change(0, version));
                    partitions =
                            Stream.concat(partitions.stream(), added.stream()).toList();
                    bindingsChanged();
                    if (open) {
                        added.forEach(it -> it.router().start());
                    }
                    for (int partition = known; partition < total; partition++) {
                        expect(queues, partition, 0);
                    }
                },
                context.loops().metadata());
    }

    /** Queues are bound from an offset on; called by the metadata loop only. */
    void expect(Set<Queue> queues, int partition, long fromOffset) {
        partitions
                .get(partition)
                .retention()
                .ifPresent(memory -> queues.forEach(queue -> {
                    memory.expect(queue, fromOffset);
                }));
        if (open) {
            queues.forEach(queue -> queue.attach(this, partition, fromOffset));
        }
    }

    /**
     * Ends the use of the topic and removes its logs.
     *
     * @param queues that may hold its records
     */
    CompletionStage<Void> delete(Collection<Queue> queues) {
        open = false;
        intake.settledRetention().end();
        queues.forEach(queue -> queue.detach(this));
        return all(partitions, it -> it.router().stop())
                .thenCompose(stopped -> all(partitions, it -> context.engine().delete(it.log())));
    }

    /** Completes once everything that this broker was publishing is settled. */
    CompletionStage<Void> settled() {
        return all(partitions, it -> it.writer().settled());
    }

    /** Routes nothing more until {@link #resume}. */
    CompletionStage<Void> pause() {
        return all(partitions, it -> it.router().pause());
    }

    void resume() {
        partitions.forEach(it -> it.router().resume());
    }

    /** Completes once all queues know what they get, or when that cannot be found out now. */
    CompletionStage<Void> catchUp() {
        return all(partitions, it -> it.router().catchUp());
    }

    /** Tells all queues how far the topic was routed. */
    CompletionStage<Void> tellEverybody() {
        return all(partitions, it -> it.router().tellEverybody());
    }

    long[] durableEnds() {
        return partitions.stream()
                .mapToLong(it -> context.engine().bounds(it.log()).durableEndOffset())
                .toArray();
    }

    static <T> CompletionStage<Void> all(Collection<T> parts, Function<T, CompletionStage<?>> action) {
        return CompletableFuture.allOf(parts.stream()
                .map(part -> action.apply(part).toCompletableFuture())
                .toArray(CompletableFuture[]::new));
    }

    void whenRouted(int partition, long endOffset, Runnable task) {
        if (bindings.isEmpty()) {
            task.run();
        } else {
            partitions.get(partition).router().whenRouted(endOffset, task);
        }
    }

    /** What leads from here. */
    Bindings bindings() {
        return bindings;
    }

    /** Who gets what is published now. */
    synchronized RoutingTable routingTable() {
        if (routingTable == null) {
            routingTable = new RoutingTable(this, Binding.LATEST);
        }
        return routingTable;
    }

    /** The queues that records may reach from here and that may only have so much. */
    synchronized List<Queue> limitedQueues() {
        if (limitedQueues == null) {
            limitedQueues = RoutingTable.reachableFrom(this, true).stream()
                    .filter(queue -> queue.spec().settings().isLimited())
                    .toList();
        }
        return limitedQueues;
    }

    /** A change concerns the records from these offsets on, one for each log; called by the metadata loop only. */
    void change(long[] fromOffsets, long version) {
        if (partitions.stream().anyMatch(it -> it.router().versions().isFull())) {
            long[] differences = RoutingTable.versionsReachableFrom(this);
            partitions.forEach(it -> it.router().keepVersions(differences));
        }
        for (int partition = 0; partition < fromOffsets.length; partition++) {
            partitions.get(partition).router().change(fromOffsets[partition], version);
        }
    }

    /** The bindings here, or of a topic that records reach from here, are no longer what they were. */
    void bindingsChanged() {
        synchronized (this) {
            routingTable = null;
            limitedQueues = null;
        }
        partitions.forEach(it -> it.router().bindingsChanged());
    }

    /** Which changes of bindings concern which records of a log; from any thread. */
    Versions versions(int partition) {
        return partitions.get(partition).router().versions();
    }

    /** The first record that comes after a change, or Long.MAX_VALUE; from any thread. */
    long firstOffsetFrom(int partition, long version) {
        return partitions.get(partition).router().versions().firstOffsetFrom(version);
    }

    /** Lets go of what was kept for a queue that is gone. */
    void forget(Queue queue) {
        partitions.forEach(it -> it.retention().ifPresent(memory -> {
            memory.forget(queue);
            it.router().look();
        }));
    }

    /** A queue has settled what lies below an offset; told by its event loop. */
    void needs(Queue queue, int partition, long fromOffset) {
        partitions.get(partition).retention().ifPresent(memory -> memory.needs(queue, fromOffset));
    }

    /** Nobody is bound, and what lies below an offset was passed by. */
    void passedBy(int partition, long endOffset) {
        partitions.get(partition).retention().ifPresent(memory -> memory.passedBy(endOffset));
    }

    /** Routes to a queue what follows the offset below which the queue knows everything. */
    void attach(int partition, long knownThrough) {
        partitions.get(partition).router().attach(knownThrough);
    }

    private List<Partition> partitionsFrom(int first, int end) {
        return IntStream.range(first, end)
                .mapToObj(index -> Partition.of(this, index, context))
                .toList();
    }
}
