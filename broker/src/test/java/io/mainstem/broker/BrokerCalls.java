package io.mainstem.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.mainstem.broker.BrokerException.Kind;
import io.mainstem.engine.batch.BatchBuilder;
import io.mainstem.engine.batch.HeaderWriter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** What tests say to a running broker again and again, each waiting for its outcome. */
final class BrokerCalls {

    private static final int DEADLINE_SECONDS = 20;

    private BrokerCalls() {}

    /** What comes of it; a failure is thrown as it is. */
    static <T> T await(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture()
                    .orTimeout(DEADLINE_SECONDS, TimeUnit.SECONDS)
                    .join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    static java.util.function.Consumer<Throwable> is(Kind kind) {
        return failure -> assertThat(((BrokerException) failure).kind()).isEqualTo(kind);
    }

    /** @param headers names and values, in turn */
    static Message message(String key, String value, String... headers) {
        HeaderWriter writer = new HeaderWriter();
        for (int index = 0; index < headers.length; index += 2) {
            writer.add(headers[index], Buffers.utf8(headers[index + 1]));
        }
        ByteBuffer section = headers.length == 0 ? BatchBuilder.NO_HEADERS : writer.section();
        return new Message(1, Buffers.utf8(key), Buffers.utf8(value), section);
    }

    /** @param headers names and values, in turn */
    static void publish(Topic topic, String key, String value, String... headers) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        topic.publish(message(key, value, headers), (token, failure) -> finish(done, failure), 0);
        await(done);
    }

    /** Straight to a queue. */
    static void publish(Queue queue, String value) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        queue.publish(message(queue.name(), value), (token, failure) -> finish(done, failure), 0);
        await(done);
    }

    private static void finish(CompletableFuture<Void> done, Throwable failure) {
        if (failure == null) {
            done.complete(null);
        } else {
            done.completeExceptionally(failure);
        }
    }

    /** The next message, which is there. */
    static Delivery get(Queue queue) {
        return await(queue.get()).orElseThrow();
    }

    /** The values of all that is there; it is settled. */
    static List<String> drain(Queue queue) {
        List<String> texts = new ArrayList<>();
        for (Optional<Delivery> next = await(queue.get()); next.isPresent(); next = await(queue.get())) {
            next.get().settle();
            texts.add(text(next.get()));
        }
        return texts;
    }

    static String text(Delivery delivery) {
        return StandardCharsets.UTF_8
                .decode(delivery.record().value().duplicate())
                .toString();
    }
}
