package io.mainstem.protocol.kafka;

import io.mainstem.engine.Engine;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.FutureListener;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.requests.FetchRequest;
import org.jspecify.annotations.Nullable;

/**
 * A fetch that waits for bytes. It reads; finds too little; watches the partitions; reads again, for what came in
 * between; and from then on reads whenever one of them has grown, until there is enough, the time is up, or the client
 * leaves. All but {@link #grown} happens on the connection's event loop.
 */
final class PendingFetch {

    private final FetchReader reader;
    private final int minBytes;
    private final int maxWaitMillis;
    private final Client client;

    private final CompletableFuture<ApiMessage> answer = new CompletableFuture<>();
    private final List<Engine.Registration> watches = new ArrayList<>();
    private final FutureListener<Void> whenLeaving = leaving -> expire();
    private final AtomicBoolean wakeScheduled = new AtomicBoolean();
    private @Nullable Future<?> timer;
    private boolean expired;
    private boolean reading;
    /** Something has grown since the read that is under way began. */
    private boolean stale;

    PendingFetch(FetchReader reader, FetchRequest request, Client client) {
        this.reader = reader;
        this.minBytes = request.minBytes();
        this.maxWaitMillis = request.maxWait();
        this.client = client;
    }

    CompletionStage<ApiMessage> start() {
        expired = maxWaitMillis <= 0 || minBytes <= 0;
        read();
        return answer;
    }

    private void read() {
        reading = true;
        stale = false;
        var unused = reader.read()
                .whenComplete((result, failure) -> onLoop(() -> {
                    reading = false;
                    if (failure == null) {
                        judge(result);
                    } else {
                        stopWaiting();
                        answer.completeExceptionally(failure);
                    }
                }));
    }

    private void judge(FetchReader.Result result) {
        if (result.isFinal || result.sizeInBytes >= minBytes || expired) {
            stopWaiting();
            answer.complete(result.response);
            return;
        }
        SliceRecords.release(result.response);
        if (timer == null) {
            beginWaiting();
            read();
        } else if (stale) {
            read();
        }
    }

    private void beginWaiting() {
        timer = client.executor().schedule(this::expire, maxWaitMillis, TimeUnit.MILLISECONDS);
        client.leaving().addListener(whenLeaving);
        for (FetchReader.Place place : reader.places()) {
            place.readable().ifPresent(topic -> watches.add(topic.watch(place.index(), end -> grown())));
        }
    }

    private void stopWaiting() {
        watches.forEach(Engine.Registration::close);
        watches.clear();
        if (timer != null) {
            timer.cancel(false);
            client.leaving().removeListener(whenLeaving);
        }
    }

    /** The engine's call, on any thread; many appends make one read. */
    private void grown() {
        if (wakeScheduled.compareAndSet(false, true)) {
            onLoop(() -> {
                wakeScheduled.set(false);
                readAgain();
            });
        }
    }

    private void expire() {
        expired = true;
        readAgain();
    }

    private void readAgain() {
        stale = true;
        if (!answer.isDone() && !reading) {
            read();
        }
    }

    private void onLoop(Runnable step) {
        if (client.executor().inEventLoop()) {
            step.run();
            return;
        }
        try {
            client.executor().execute(step);
        } catch (RejectedExecutionException e) {
            // The event loop has ended, and the connection with it: nobody waits for this answer.
            answer.completeExceptionally(e);
        }
    }
}
