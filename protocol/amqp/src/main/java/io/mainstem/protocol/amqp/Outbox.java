package io.mainstem.protocol.amqp;

import io.netty.channel.Channel;
import io.netty.util.internal.PlatformDependent;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Hands deliveries from the queues' threads to the event loop of a connection, a run of them at a time.
 *
 * <p>What is in here and in the socket's own buffer is bounded: without room the consumers take nothing, and are woken
 * when there is room again. That is why a client that reads nothing costs a fixed amount of memory.
 */
final class Outbox implements Runnable {

    private final Channel socket;
    private final long maxBytes;
    private final Runnable afterRun;

    // Netty's is the one lock-free queue at hand with many producers, and without an object for each element.
    private final Queue<Outgoing> deliveries = PlatformDependent.newMpscQueue();
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private final AtomicLong bytes = new AtomicLong();
    private volatile boolean wasFull;

    /** @param afterRun passes on what was written; on the event loop */
    Outbox(Channel socket, long maxBytes, Runnable afterRun) {
        this.socket = socket;
        this.maxBytes = maxBytes;
        this.afterRun = afterRun;
    }

    /** Any thread. After a false, {@link #takeWasFull} gives true once; it is asked whenever room has been made. */
    boolean hasRoom() {
        if (bytes.get() < maxBytes && socket.isWritable()) {
            return true;
        }
        wasFull = true;
        return false;
    }

    /** Any thread: whether the client has left less than the limit unread. It is for what cannot wait for room. */
    boolean isWithinLimit() {
        return bytes.get() + socket.bytesBeforeWritable() < maxBytes;
    }

    /** Any thread. */
    void add(Outgoing delivery) {
        deliveries.add(delivery);
        if (bytes.addAndGet(delivery.bytes()) >= maxBytes) {
            schedule();
        }
    }

    /** Any thread: what was added should leave now. */
    void schedule() {
        if (!scheduled.get() && scheduled.compareAndSet(false, true)) {
            try {
                socket.eventLoop().execute(this);
            } catch (RejectedExecutionException e) {
                // The process ends, and the broker gives every delivery back with it.
            }
        }
    }

    @Override
    public void run() {
        // First: what is added from now on is seen below, or scheduled anew.
        scheduled.set(false);
        for (Outgoing next = deliveries.poll(); next != null; next = deliveries.poll()) {
            bytes.addAndGet(-next.bytes());
            next.send();
        }
        afterRun.run();
    }

    /** True when somebody was sent away and there is room now. */
    boolean takeWasFull() {
        if (!wasFull || bytes.get() >= maxBytes || !socket.isWritable()) {
            return false;
        }
        wasFull = false;
        return true;
    }
}
