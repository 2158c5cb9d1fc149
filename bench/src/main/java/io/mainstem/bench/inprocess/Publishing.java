package io.mainstem.bench.inprocess;

import io.mainstem.broker.Message;
import io.mainstem.broker.PublishListener;
import io.mainstem.broker.Topic;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Publishes the same message many times, and waits for all confirms. Used once. */
final class Publishing implements PublishListener {

    private static final long DEADLINE_SECONDS = 60;

    private final CountDownLatch awaited;
    private final AtomicReference<@Nullable Throwable> failed = new AtomicReference<>();

    private Publishing(int messages) {
        awaited = new CountDownLatch(messages);
    }

    static void publish(Topic topic, Message message, int messages) {
        Publishing publishing = new Publishing(messages);
        for (int number = 0; number < messages; number++) {
            topic.publish(message, publishing, number);
        }
        publishing.await();
    }

    @Override
    public void published(long token, @Nullable Throwable failure) {
        if (failure != null) {
            failed.set(failure);
        }
        awaited.countDown();
    }

    private void await() {
        try {
            if (!awaited.await(DEADLINE_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException(awaited.getCount() + " messages are not confirmed");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        Throwable failure = failed.get();
        if (failure != null) {
            throw new IllegalStateException("a message was refused", failure);
        }
    }
}
