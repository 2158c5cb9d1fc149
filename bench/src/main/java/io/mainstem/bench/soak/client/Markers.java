package io.mainstem.bench.soak.client;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.MessageProperties;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Finds out when settlements are durable, which AMQP does not tell. The broker writes them within 10 ms, through the
 * same journal as messages. So messages of our own, markers, are published, each after the one before was confirmed.
 * When a marker is sent, a write of state may be under way, which ends before the next one is confirmed; what was
 * settled meanwhile is written after 10 ms, before a marker that is sent {@link #SETTLED_NANOS} later. So what the
 * broker had read is durable when three markers sent since have been confirmed, the last of them so much later. A
 * marker that takes long says that the disk is full, or slow: for a while nothing is concluded then.
 */
public final class Markers extends Client {

    /** Of their exchange and queue. */
    public static final String NAME = "soak.markers";

    private static final int COUNT = 3;
    private static final int INTERVAL_MILLIS = 100;
    private static final long SETTLED_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final long SLOW_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int DOUBT_MILLIS = 5_000;
    private static final int CONFIRM_MILLIS = 60_000;

    private final Deque<Long> sentNanos = new ArrayDeque<>();
    private int life;

    public Markers(Target target) {
        super(target, "markers");
    }

    /**
     * What the broker has read before this, by {@link System#nanoTime}, is durable.
     *
     * @param life in which it was read
     * @param nowNanos the same clock, now
     */
    synchronized long durableAgeNanos(int life, long nowNanos) {
        if (life != this.life || sentNanos.size() < COUNT) {
            return Long.MAX_VALUE;
        }
        return nowNanos - Math.min(sentNanos.getFirst(), sentNanos.getLast() - SETTLED_NANOS);
    }

    @Override
    void connectAndWork() throws IOException, TimeoutException, InterruptedException {
        int now = target().life().getAsInt();
        Connection connection = target().connect();
        begin(now);
        try {
            Channel channel = connection.createChannel();
            channel.confirmSelect();
            while (!isEnded()) {
                Thread.sleep(INTERVAL_MILLIS);
                long nanos = System.nanoTime();
                channel.basicPublish(NAME, "", MessageProperties.PERSISTENT_BASIC, new byte[0]);
                boolean confirmed = channel.waitForConfirms(CONFIRM_MILLIS);
                if (confirmed && System.nanoTime() - nanos < SLOW_NANOS) {
                    confirmed(nanos);
                } else {
                    begin(now);
                    Thread.sleep(DOUBT_MILLIS);
                }
            }
        } finally {
            connection.abort();
        }
    }

    private synchronized void begin(int now) {
        life = now;
        sentNanos.clear();
    }

    private synchronized void confirmed(long nanos) {
        sentNanos.addLast(nanos);
        if (sentNanos.size() > COUNT) {
            sentNanos.removeFirst();
        }
    }
}
