package io.mainstem.bench.soak.client;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.Delivery;
import io.mainstem.bench.soak.check.Message;
import io.mainstem.bench.soak.check.QueueLedger;
import io.mainstem.bench.soak.check.Stint;
import io.mainstem.bench.soak.check.Violations.Kind;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A consumer of a queue, with a connection of its own that does not publish. */
public final class QueueConsumer extends Client {

    private static final int PREFETCH = 200;
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final QueueLedger ledger;
    private final Markers markers;
    private final Reaction.Rule rule;
    private final Shift shift;
    private volatile boolean tireless;

    /** @param ledger has the name of the queue */
    public QueueConsumer(Target target, QueueLedger ledger, Markers markers, Reaction.Rule rule, Shift shift) {
        super(target, "consumer of " + ledger.name());
        this.ledger = ledger;
        this.markers = markers;
        this.rule = rule;
        this.shift = shift;
    }

    /** Lets it rest no more. */
    public void hurry() {
        tireless = true;
    }

    /** @param readNanos when the broker was known to have read it */
    private record Settlement(Message message, boolean mayBecomeDurable, long readNanos) {}

    @Override
    void connectAndWork() throws IOException, TimeoutException, InterruptedException {
        int life = target().life().getAsInt();
        Connection connection = target().connect();
        Deque<Settlement> written = new ArrayDeque<>();
        try {
            Channel channel = connection.createChannel();
            channel.basicQos(PREFETCH);
            consume(channel, new Stint(life), life, written);
        } finally {
            connection.abort();
            written.forEach(settlement -> ledger.doubted(settlement.message()));
        }
    }

    private void consume(Channel channel, Stint stint, int life, Deque<Settlement> written)
            throws IOException, InterruptedException {
        BlockingQueue<Delivery> deliveries = new ArrayBlockingQueue<>(PREFETCH * 2);
        channel.basicConsume(ledger.name(), false, (tag, delivery) -> deliveries.add(delivery), tag -> channel.abort());
        Deque<Settlement> read = new ArrayDeque<>();
        long lookedNanos = System.nanoTime();
        while (!isEnded() && channel.isOpen()) {
            if (!tireless && shift.isRestingAt(System.nanoTime())) {
                TimeUnit.NANOSECONDS.sleep(LOOK_NANOS);
            } else {
                Delivery delivery = deliveries.poll(LOOK_NANOS, TimeUnit.NANOSECONDS);
                if (delivery != null) {
                    settle(channel, delivery, stint, life, written);
                }
            }
            long now = System.nanoTime();
            if (now - lookedNanos >= LOOK_NANOS) {
                lookedNanos = now;
                awaitRead(channel, written, read);
                notice(read, life);
            }
        }
    }

    /** An answer to a question of this channel says that the broker has read what was written before. */
    private void awaitRead(Channel channel, Deque<Settlement> written, Deque<Settlement> read) throws IOException {
        channel.queueDeclarePassive(ledger.name());
        long now = System.nanoTime();
        written.stream()
                .filter(Settlement::mayBecomeDurable)
                .forEach(it -> read.addLast(new Settlement(it.message(), true, now)));
        written.clear();
    }

    private void notice(Deque<Settlement> read, int life) {
        long now = System.nanoTime();
        long age = markers.durableAgeNanos(life, now);
        while (!read.isEmpty() && now - read.getFirst().readNanos() > age) {
            ledger.durable(read.removeFirst().message());
        }
    }

    private void settle(Channel channel, Delivery delivery, Stint stint, int life, Deque<Settlement> written)
            throws IOException {
        boolean redelivered = delivery.getEnvelope().isRedeliver();
        long tag = delivery.getEnvelope().getDeliveryTag();
        Optional<Message> known = Message.decode(delivery.getBody());
        if (known.isEmpty()) {
            target().violations().report(Kind.STRANGE, ledger.name(), "bytes that nobody sent");
            channel.basicAck(tag, false);
            return;
        }
        Message message = known.get();
        ledger.delivered(message, redelivered, stint);
        Reaction reaction = rule.of(message, redelivered);
        if (reaction == Reaction.REQUEUE) {
            channel.basicNack(tag, false, true);
            return;
        }
        ledger.settled(message, life);
        // a rejected message is settled only when its dead letter is there, and nobody knows when that is
        written.add(new Settlement(message, reaction == Reaction.ACKNOWLEDGE, 0));
        if (reaction == Reaction.REJECT) {
            channel.basicReject(tag, false);
        } else {
            channel.basicAck(tag, false);
        }
    }
}
