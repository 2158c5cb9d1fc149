package io.mainstem.broker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.mainstem.engine.batch.BatchBuilder;
import io.mainstem.engine.batch.RecordBatch;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Publishers that say when they have handed over what they have. */
class PublishTogetherTest {

    private static final long PATIENCE_MILLIS = 1_000;

    private final SteppedBroker broker = new SteppedBroker();
    private final Topic topic = broker.topic("events");

    /** Has more to hand over until it is told to be done. */
    private static final class Publisher implements PublishListener {
        private final List<Runnable> afterwards = new ArrayList<>();
        private int confirmed;

        @Override
        public void published(long token, @Nullable Throwable failure) {
            confirmed += failure == null ? 1 : 0;
        }

        @Override
        public void afterwards(Runnable task) {
            afterwards.add(task);
        }

        void isDone() {
            List<Runnable> tasks = List.copyOf(afterwards);
            afterwards.clear();
            tasks.forEach(Runnable::run);
        }
    }

    @Test
    void whatAPublisherHasAtOnceBecomesDurableInOneBatch() {
        Publisher publisher = new Publisher();
        publish(publisher, 3);
        broker.pass(PATIENCE_MILLIS);
        assertThat(publisher.confirmed).isZero();

        publisher.isDone();
        broker.pass(PATIENCE_MILLIS);

        assertThat(publisher.confirmed).isEqualTo(3);
        assertThat(firstBatch().recordCount()).isEqualTo(3);
    }

    @Test
    void aPublisherThatWaitsForNothingTakesAlongWhatOthersHaveHandedOver() {
        Publisher waiting = new Publisher();
        List<Long> confirmed = new ArrayList<>();
        publish(waiting, 2);

        publish((token, failure) -> confirmed.add(token), 1);
        broker.pass(PATIENCE_MILLIS);

        assertThat(confirmed).hasSize(1);
        assertThat(waiting.confirmed).isEqualTo(2);
        assertThat(firstBatch().recordCount()).isEqualTo(3);
    }

    @Test
    void whatIsHandedOverWhileABatchIsUnderWayFollowsItAnyway() {
        Publisher publisher = new Publisher();
        publish(publisher, 1);
        publisher.isDone();
        publish(publisher, 1);

        broker.pass(PATIENCE_MILLIS);

        assertThat(publisher.confirmed).isEqualTo(2);
    }

    private void publish(PublishListener listener, int count) {
        for (int token = 0; token < count; token++) {
            ByteBuffer value = ByteBuffer.wrap("value".getBytes(UTF_8));
            topic.publish(new Message(broker.nowMillis(), null, value, BatchBuilder.NO_HEADERS), listener, token);
        }
    }

    private RecordBatch firstBatch() {
        List<ByteBuffer> read = new ArrayList<>();
        topic.read(0, 0, 1 << 20).thenAccept(read::add);
        broker.pass(PATIENCE_MILLIS);
        return RecordBatch.of(read.get(0));
    }
}
