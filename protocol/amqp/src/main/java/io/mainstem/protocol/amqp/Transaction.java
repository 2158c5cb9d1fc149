package io.mainstem.protocol.amqp;

import io.mainstem.broker.Queue;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * What a transactional channel has published and answered since its last commit or rollback. Nothing of it has happened
 * yet; a delivery that was answered is no longer waiting for an answer, but counts until the commit.
 */
final class Transaction {

    /** A delivery and its answer. */
    private record Answer(OutgoingDelivery delivery, Consumer<OutgoingDelivery> how) {}

    private final AmqpChannel channel;
    private final List<Publication> publications = new ArrayList<>();
    private final List<Answer> answers = new ArrayList<>();
    private long bytes;
    private boolean failed;

    Transaction(AmqpChannel channel) {
        this.channel = channel;
    }

    void add(Publication publication) {
        bytes += publication.bytes();
        long limit = channel.connection().options().maxTransactionBytes();
        if (bytes > limit) {
            throw Failures.precondition("transaction is larger than configured max size " + limit);
        }
        publications.add(publication.copy());
    }

    void add(OutgoingDelivery delivery, Consumer<OutgoingDelivery> how) {
        answers.add(new Answer(delivery, how));
    }

    /** A message that was committed may not be stored. */
    void fail() {
        failed = true;
    }

    /**
     * Publishes, and answers once that is durable; completes when the answers are, too. Of a commit that fails, no
     * delivery has been answered.
     */
    CompletionStage<Void> commit(Publisher publisher, BasicMethods basic) {
        failed = false;
        publications.forEach(publisher::publish);
        publications.clear();
        bytes = 0;
        return channel.confirms().settled().thenCompose(published -> {
            if (failed) {
                throw Failures.precondition("partial tx completion");
            }
            answers.forEach(answer -> answer.how.accept(answer.delivery));
            basic.wakeConsumers();
            CompletionStage<?>[] durable = answers.stream()
                    .map(answer -> answer.delivery.delivery().queue())
                    .distinct()
                    .map(Transaction::whenDurable)
                    .toArray(CompletableFuture[]::new);
            answers.clear();
            return CompletableFuture.allOf((CompletableFuture<?>[]) durable);
        });
    }

    /** Forgets what was published; gives what was answered to the taker. */
    void rollBack(Consumer<OutgoingDelivery> taker) {
        publications.clear();
        bytes = 0;
        answers.forEach(answer -> taker.accept(answer.delivery));
        answers.clear();
    }

    /** A queue that has gone meanwhile has nothing to keep. */
    private static CompletableFuture<?> whenDurable(Queue queue) {
        return queue.whenSettled().exceptionally(gone -> null).toCompletableFuture();
    }
}
