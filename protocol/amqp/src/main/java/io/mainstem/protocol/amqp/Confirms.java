package io.mainstem.protocol.amqp;

import io.mainstem.broker.PublishListener;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Follows what a channel has published until it is durable, and tells the publisher if it wants to know.
 *
 * <p>Messages to different topics become durable in any order. An acknowledgement of <em>all up to</em> a tag is sent
 * only when there is nothing open below; failures among them were told before it, one by one.
 */
final class Confirms implements PublishListener {

    /** Where the outcome goes; called on the connection's event loop. */
    interface Publisher {
        void ack(long tag, boolean multiple);

        void nack(long tag);

        /** After all that a run had to say, with the bytes that are no longer under way. */
        void finished(long bytes, @Nullable Throwable lastFailure);
    }

    /** In the low bits of a window's entry; the bytes of the message stand above. */
    private static final int OPEN = 0;

    private static final int CONFIRMED = 1;
    private static final int TOLD = 2;
    private static final int STATE_BITS = 2;

    /** Who wants to know when all below a token is settled. */
    private record Waiting(long token, CompletableFuture<Void> settled) {}

    private final Executor eventLoop;
    private final Publisher publisher;

    // Of the event loop.
    private boolean enabled;
    private long tagOffset;
    private long lowestOpen;
    private long next;
    private long[] window = new long[64];
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();

    // Of all threads, under the lock. A failed message stands as its complement.
    private final Object lock = new Object();
    private long[] outcomes = new long[64];
    private int outcomeCount;
    private @Nullable Throwable lastFailure;
    private boolean scheduled;
    private long[] spare = new long[64];

    Confirms(Executor eventLoop, Publisher publisher) {
        this.eventLoop = eventLoop;
        this.publisher = publisher;
    }

    /** From now on the publisher is told; the next message has the tag 1. */
    void enable() {
        if (!enabled) {
            enabled = true;
            tagOffset = 1 - next;
        }
    }

    boolean isEnabled() {
        return enabled;
    }

    boolean isIdle() {
        return lowestOpen == next;
    }

    /** Completes on the event loop once all that was published before the call is durable or has failed. */
    CompletableFuture<Void> settled() {
        CompletableFuture<Void> settled = new CompletableFuture<>();
        if (isIdle()) {
            settled.complete(null);
        } else {
            waiting.add(new Waiting(next, settled));
        }
        return settled;
    }

    /** A message is about to be published; returns its token. */
    long begin(long bytes) {
        if (next - lowestOpen == window.length) {
            grow();
        }
        window[index(next)] = bytes << STATE_BITS | OPEN;
        return next++;
    }

    @Override
    public void published(long token, @Nullable Throwable failure) {
        synchronized (lock) {
            if (outcomeCount == outcomes.length) {
                outcomes = Arrays.copyOf(outcomes, 2 * outcomeCount);
            }
            outcomes[outcomeCount++] = failure == null ? token : ~token;
            if (failure != null) {
                lastFailure = failure;
            }
            if (scheduled) {
                return;
            }
            scheduled = true;
        }
        try {
            eventLoop.execute(this::tell);
        } catch (RejectedExecutionException e) {
            // The process ends and the connection has gone.
        }
    }

    /** After what was read at once: a commit for its first message alone would cost as much as for all. */
    @Override
    public void afterwards(Runnable task) {
        eventLoop.execute(task);
    }

    private void tell() {
        long[] run;
        int count;
        Throwable failure;
        synchronized (lock) {
            run = outcomes;
            count = outcomeCount;
            failure = lastFailure;
            outcomes = spare;
            outcomeCount = 0;
            lastFailure = null;
            scheduled = false;
        }
        long bytes = 0;
        for (int index = 0; index < count; index++) {
            long token = run[index] < 0 ? ~run[index] : run[index];
            bytes += window[index(token)] >>> STATE_BITS;
            window[index(token)] = run[index] < 0 || !enabled || token + tagOffset < 1 ? TOLD : CONFIRMED;
            if (run[index] < 0 && enabled && token + tagOffset >= 1) {
                publisher.nack(token + tagOffset);
            }
        }
        tellLowest();
        for (int index = 0; index < count; index++) {
            if (run[index] >= lowestOpen && window[index(run[index])] == CONFIRMED) {
                publisher.ack(run[index] + tagOffset, false);
                window[index(run[index])] = TOLD;
            }
        }
        spare = run;
        publisher.finished(bytes, failure);
        while (!waiting.isEmpty() && waiting.element().token <= lowestOpen) {
            waiting.remove().settled.complete(null);
        }
    }

    /** Acknowledges all below the lowest that is open, at once if they are several. */
    private void tellLowest() {
        int confirmed = 0;
        long last = 0;
        while (lowestOpen < next && (window[index(lowestOpen)] & CONFIRMED + TOLD) != OPEN) {
            if (window[index(lowestOpen)] == CONFIRMED) {
                confirmed++;
                last = lowestOpen;
            }
            lowestOpen++;
        }
        if (confirmed > 0) {
            publisher.ack(last + tagOffset, confirmed > 1);
        }
    }

    private int index(long token) {
        return (int) token & window.length - 1;
    }

    private void grow() {
        long[] larger = new long[2 * window.length];
        for (long token = lowestOpen; token < next; token++) {
            larger[(int) token & larger.length - 1] = window[index(token)];
        }
        window = larger;
    }
}
