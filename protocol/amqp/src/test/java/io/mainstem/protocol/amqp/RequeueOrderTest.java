package io.mainstem.protocol.amqp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Channel;
import io.mainstem.broker.Consumer;
import io.mainstem.broker.ConsumerOptions;
import io.mainstem.broker.Delivery;
import io.mainstem.broker.Queue;
import io.mainstem.broker.Subscription;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A consumer with room for one message gives it back while the queue is about to ask who takes the next one. */
class RequeueOrderTest {

    @RegisterExtension
    final BrokerFixture fixture = new BrokerFixture();

    private final BlockingQueue<String> bodies = new LinkedBlockingQueue<>();

    @Test
    void aRejectedMessageComesAgainBeforeWhatFollows() throws Exception {
        assertThat(nextAfter(channel -> channel.basicReject(1, true))).isEqualTo("first");
    }

    @Test
    void aRecoveredMessageComesAgainBeforeWhatFollows() throws Exception {
        assertThat(nextAfter(channel -> channel.basicRecover(true))).isEqualTo("first");
    }

    private interface Return {
        void of(Channel channel) throws Exception;
    }

    private String nextAfter(Return giveBack) throws Exception {
        Channel channel = fixture.channel();
        channel.queueDeclare("work", true, false, false, null);
        SlowConsumer slow = new SlowConsumer();
        Queue queue = fixture.broker().queues().find("work").orElseThrow();
        Subscription preferred = queue.consume(slow, new ConsumerOptions(false, 1))
                .toCompletableFuture()
                .get(BrokerFixture.DEADLINE.toSeconds(), TimeUnit.SECONDS);
        channel.basicQos(1);
        channel.basicConsume(
                "work", false, (tag, delivery) -> bodies.add(new String(delivery.getBody(), UTF_8)), tag -> {});
        channel.basicPublish("", "work", null, "first".getBytes(UTF_8));
        assertThat(next()).isEqualTo("first");
        preferred.resume();
        channel.basicPublish("", "work", null, "second".getBytes(UTF_8));
        slow.asked.await();

        giveBack.of(channel);
        channel.basicQos(1); // answered when the broker has got what was given back
        slow.mayAnswer.countDown();

        return next();
    }

    private String next() throws InterruptedException {
        return bodies.poll(BrokerFixture.DEADLINE.toSeconds(), TimeUnit.SECONDS);
    }

    /** Wants nothing, and lets its queue wait for the second answer. */
    private static final class SlowConsumer implements Consumer {

        private final CountDownLatch asked = new CountDownLatch(2);
        private final CountDownLatch mayAnswer = new CountDownLatch(1);

        @Override
        public boolean tryAcquire() {
            asked.countDown();
            if (asked.getCount() == 0) {
                try {
                    mayAnswer.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
            return false;
        }

        @Override
        public void deliver(Delivery delivery) {}

        @Override
        public void flush() {}

        @Override
        public void cancelled() {}
    }
}
