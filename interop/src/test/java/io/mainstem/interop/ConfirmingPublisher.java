package io.mainstem.interop;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ConfirmListener;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.MessageProperties;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * RabbitMQ's Java client publishes entries to an exchange until each is confirmed. What was not confirmed when a
 * connection ended may or may not be stored, and is sent again.
 */
final class ConfirmingPublisher implements AutoCloseable {

    private static final int OUTSTANDING = 200;

    private final BrokerProcess broker;
    private final String exchange;
    private final List<Entry> entries;
    private final int[] attempts;
    private final boolean[] confirmed;
    private final AtomicInteger confirmedCount = new AtomicInteger();
    private final Thread thread;
    private volatile boolean closed;

    ConfirmingPublisher(BrokerProcess broker, String exchange, List<Entry> entries) {
        this.broker = broker;
        this.exchange = exchange;
        this.entries = entries;
        this.attempts = new int[entries.size()];
        this.confirmed = new boolean[entries.size()];
        this.thread = new Thread(this::run, "confirming-publisher");
        thread.setDaemon(true);
        thread.start();
    }

    int confirmedCount() {
        return confirmedCount.get();
    }

    boolean isDone() {
        return confirmedCount() == entries.size();
    }

    boolean isAlive() {
        return thread.isAlive();
    }

    /** Ends the thread; to be called before what it did is asked for. */
    @Override
    public void close() {
        closed = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    boolean isConfirmed(int index) {
        synchronized (confirmed) {
            return confirmed[index];
        }
    }

    /** How often it was sent: the topic holds it so often at most. */
    int attempts(int index) {
        return attempts[index];
    }

    private void run() {
        while (!closed && !isDone()) {
            try (Connection connection = Rabbit.connectOnce(broker)) {
                publish(connection);
            } catch (IOException | TimeoutException | ShutdownSignalException e) {
                // The broker has been killed; it comes back.
                Rabbit.backOff();
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private void publish(Connection connection) throws IOException, InterruptedException {
        Channel channel = connection.createChannel();
        channel.confirmSelect();
        NavigableMap<Long, Integer> outstanding = new ConcurrentSkipListMap<>();
        Semaphore room = new Semaphore(OUTSTANDING);
        channel.addConfirmListener(new ConfirmListener() {
            @Override
            public void handleAck(long tag, boolean multiple) {
                Collection<Integer> settled = settled(outstanding, tag, multiple);
                settled.forEach(index -> confirm(index));
                room.release(settled.size());
            }

            @Override
            public void handleNack(long tag, boolean multiple) {
                room.release(settled(outstanding, tag, multiple).size());
            }
        });
        for (int index = 0; index < entries.size() && !closed && channel.isOpen(); index++) {
            if (!isConfirmed(index) && acquire(room, channel)) {
                Entry entry = entries.get(index);
                outstanding.put(channel.getNextPublishSeqNo(), index);
                attempts[index]++;
                channel.basicPublish(exchange, entry.key(), MessageProperties.PERSISTENT_BASIC, entry.valueBytes());
            }
        }
        while (!closed && channel.isOpen() && !room.tryAcquire(OUTSTANDING, 100, TimeUnit.MILLISECONDS)) {
            // Whoever waits for the confirms has a deadline.
            Thread.onSpinWait();
        }
    }

    private void confirm(int index) {
        synchronized (confirmed) {
            if (!confirmed[index]) {
                confirmed[index] = true;
                confirmedCount.incrementAndGet();
            }
        }
    }

    private static boolean acquire(Semaphore room, Channel channel) throws InterruptedException {
        while (channel.isOpen()) {
            if (room.tryAcquire(100, TimeUnit.MILLISECONDS)) {
                return true;
            }
        }
        return false;
    }

    private static Collection<Integer> settled(NavigableMap<Long, Integer> outstanding, long tag, boolean multiple) {
        NavigableMap<Long, Integer> part =
                multiple ? outstanding.headMap(tag, true) : outstanding.subMap(tag, true, tag, true);
        List<Integer> indexes = new ArrayList<>(part.values());
        part.clear();
        return indexes;
    }
}
