package io.mainstem.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
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

    @Test
    void whatIsInNoHurryRunsThoughNothingElseComes() throws Exception {
        try (ThreadedEventLoop loop = new ThreadedEventLoop("test")) {
            for (int round = 0; round < 1_000; round++) {
                CompletableFuture<Void> ran = new CompletableFuture<>();
                // from before, within and after the nap that the thread takes
                LockSupport.parkNanos(round * 4_000L);
                loop.executeSoon(() -> ran.complete(null));
                ran.get(20, TimeUnit.SECONDS);
            }
        }
    }

    @Test
    void whatIsInNoHurryRunsBeforeWhatIsPostedLater() throws Exception {
        List<Integer> order = new ArrayList<>();
        CompletableFuture<Void> ran = new CompletableFuture<>();
        try (ThreadedEventLoop loop = new ThreadedEventLoop("test")) {
            loop.executeSoon(() -> order.add(1));
            loop.execute(() -> order.add(2));
            loop.executeSoon(() -> order.add(3));
            loop.execute(() -> ran.complete(null));
            ran.get(20, TimeUnit.SECONDS);
        }
        assertThat(order).containsExactly(1, 2, 3);
    }
}
