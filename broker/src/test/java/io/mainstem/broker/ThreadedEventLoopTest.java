package io.mainstem.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class ThreadedEventLoopTest {

    @Test
    void timersComeThoughThereIsAlwaysAnotherTask() throws Exception {
        AtomicBoolean busy = new AtomicBoolean(true);
        CompletableFuture<Boolean> fired = new CompletableFuture<>();
        try (ThreadedEventLoop loop = new ThreadedEventLoop("test")) {
            loop.execute(new Runnable() {
                @Override
                public void run() {
                    if (busy.get()) {
                        loop.execute(this);
                    }
                }
            });
            loop.schedule(() -> fired.complete(busy.getAndSet(false)), 1);
            assertThat(fired.get(20, TimeUnit.SECONDS)).isTrue();
        } finally {
            busy.set(false);
        }
    }
}
