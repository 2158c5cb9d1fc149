package io.mainstem.broker;

import io.mainstem.engine.Engine;
import io.mainstem.engine.LocalLogs;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * An event broker over a store of logs, without any protocol. May be used from any thread.
 *
 * <p>Stages fail with a {@link BrokerException} when nothing has happened, or with the
 * {@link io.mainstem.engine.EngineException} of the store, either of them perhaps inside a CompletionException.
 */
public final class Broker implements AutoCloseable {

    private final EventLoops loops;
    private final Queues queues;
    private final ProducerIds producerIds;
    private final String clusterId;
    private final AtomicBoolean closed = new AtomicBoolean();

    private Broker(EventLoops loops, Queues queues, String clusterId) {
        this.loops = loops;
        this.queues = queues;
        this.producerIds = new ProducerIds(queues.metadata(), queues.catalogue());
        this.clusterId = clusterId;
    }

    /** Replays what the store has; completes when everything can be used. The engine stays the caller's to close. */
    public static CompletionStage<Broker> start(Engine engine, BrokerOptions options) {
        return start(engine, options, EventLoops.threaded(options.eventLoops()));
    }

    static CompletionStage<Broker> start(Engine engine, BrokerOptions options, EventLoops loops) {
        BrokerContext context = new BrokerContext(engine, options, loops, new BatchCache(options.cacheBytes()));
        Queues queues = new Queues(context, new TransientNumbers());
        MetadataLog metadata = queues.metadata();
        Catalogue catalogue = queues.catalogue();
        return metadata.start()
                .thenComposeAsync(replayed -> catalogue.start(), loops.metadata())
                .thenComposeAsync(
                        opened -> {
                            metadata.open();
                            return metadata.change(() -> nameCluster(metadata, catalogue));
                        },
                        loops.metadata())
                .thenApply(clusterId -> {
                    Broker broker = new Broker(loops, queues, clusterId);
                    broker.letGoOfSettledLater();
                    return broker;
                })
                .whenComplete((broker, failure) -> {
                    if (failure != null) {
                        loops.close();
                    }
                });
    }

    private void letGoOfSettledLater() {
        long millis = queues.context().options().settledLookMillis();
        if (millis > 0 && !closed.get()) {
            loops.metadata()
                    .schedule(
                            () -> {
                                letGoOfSettled();
                                letGoOfSettledLater();
                            },
                            millis);
        }
    }

    /** Lets go of the records that every queue has settled, where topics want that; completes when it is done. */
    CompletionStage<Void> letGoOfSettled() {
        return topics().deleteSettled()
                .exceptionally(failure -> null)
                .thenCompose(done -> Topic.all(queues.catalogue().topics(), Topic::letGoOfSettled));
    }

    public Topics topics() {
        return queues.topics();
    }

    public Queues queues() {
        return queues;
    }

    /** Names this broker's data for ever; made at the first start. */
    public String clusterId() {
        return clusterId;
    }

    /** The disk that everything is on; empty where the store is elsewhere. */
    public Optional<LocalLogs.Volume> volume() {
        return queues.context().engine().local().map(LocalLogs::volume);
    }

    /** An id for an idempotent producer, which is given to nobody else, also after a restart. */
    public CompletionStage<Long> allocateProducerId() {
        return producerIds.next();
    }

    /** Writes what consumers have settled, and stops. Waits for the store. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            closeAsync().toCompletableFuture().join();
            loops.close();
        }
    }

    CompletionStage<Void> closeAsync() {
        return queues.close();
    }

    private static CompletionStage<String> nameCluster(MetadataLog metadata, Catalogue catalogue) {
        if (catalogue.clusterId().isPresent()) {
            return CompletableFuture.completedFuture(catalogue.clusterId().get());
        }
        String clusterId = UUID.randomUUID().toString();
        return metadata.append(new MetadataRecord.ClusterNamed(clusterId)).thenApply(offset -> clusterId);
    }
}
