package io.mainstem.protocol.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.mainstem.broker.Broker;
import io.mainstem.broker.BrokerOptions;
import io.mainstem.broker.Delivery;
import io.mainstem.broker.Queue;
import io.mainstem.broker.QueueSpec;
import io.mainstem.broker.Routing;
import io.mainstem.broker.Topic;
import io.mainstem.broker.TopicSpec;
import io.mainstem.engine.Engine;
import io.mainstem.log.LocalEngine;
import io.mainstem.log.LocalOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ProduceResponse;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A producer to a topic that has as much as its queues may leave unsettled is slowed down. */
class FullTopicTest {

    private static final short VERSION = 9;
    private static final int CEILING_BYTES = 1 << 20;
    private static final int RECORDS = 100;
    private static final byte[] VALUE = new byte[50_000];

    private Engine engine;
    private Broker broker;
    private KafkaListener listener;
    private Topic topic;
    private Queue queue;
    private RawClient client;

    @BeforeEach
    void start() throws IOException {
        engine = LocalEngine.inMemory(LocalOptions.defaults());
        broker = await(Broker.start(engine, BrokerOptions.defaults().withMemoryTopicBytes(CEILING_BYTES)));
        listener = KafkaListener.start(broker, "127.0.0.1", 0, KafkaOptions.defaults());
        topic = await(broker.topics().declare(TopicSpec.routed("events", Routing.ALL, true, false)));
        queue = await(broker.queues().declare(QueueSpec.durable("work"), null));
        await(queue.bind(topic, ""));
        client = new RawClient(listener.address());
    }

    @AfterEach
    void stop() throws IOException {
        client.close();
        listener.close();
        broker.close();
        engine.close();
    }

    @Test
    void aProducerGoesOnWhenConsumersHaveMadeRoomAndNeedsNoSecondTry() throws Exception {
        Map<String, Object> config = Map.of(
                "bootstrap.servers",
                "127.0.0.1:" + listener.address().getPort(),
                "retries",
                "0",
                "enable.idempotence",
                "false",
                "enable.metrics.push",
                "false");
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        try (var producer = new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int number = 0; number < RECORDS; number++) {
                sent.add(producer.send(new ProducerRecord<>("events", VALUE)));
            }
            Awaitility.await().until(topic::isHeld);
            assertThat(sent.get(RECORDS - 1)).isNotDone();

            settle(RECORDS);

            for (int number = 0; number < RECORDS; number++) {
                assertThat(sent.get(number).get(20, TimeUnit.SECONDS).offset()).isEqualTo(number);
            }
        }
    }

    @Test
    void whereThereIsNoRoomInTimeTheAnswerIsToTryAgain() throws Exception {
        fillUp();

        ProduceResponse response = client.ask(Requests.produce(VERSION, topic, 0, Requests.records("m"), -1));

        assertThat(response.errorCounts()).containsOnlyKeys(Errors.KAFKA_STORAGE_ERROR);
        assertThat(Errors.KAFKA_STORAGE_ERROR.exception()).isInstanceOf(RetriableException.class);
        await(queue.purge());
        assertThat(client.<ProduceResponse>ask(Requests.produce(VERSION, topic, 0, Requests.records("m"), -1))
                        .errorCounts())
                .containsOnlyKeys(Errors.NONE);
    }

    @Test
    void whoWantsNoAnswerWaitsAndIsNotReadFromMeanwhile() throws Exception {
        fillUp();
        long end = topic.bounds(0).durableEndOffset();
        client.send(Requests.produce(VERSION, topic, 0, Requests.records("a"), 0));
        client.send(Requests.produce(VERSION, topic, 0, Requests.records("b"), 0));
        int answered = client.send(Requests.any(ApiKeys.API_VERSIONS, 4, topic));
        // longer than one waits who wants an answer
        try (RawClient other = new RawClient(listener.address())) {
            other.ask(Requests.produce(VERSION, topic, 0, Requests.records("m"), -1));
        }
        assertThat(topic.bounds(0).durableEndOffset()).isEqualTo(end);

        await(queue.purge());

        client.receive(ApiKeys.API_VERSIONS, (short) 4, answered);
        assertThat(topic.bounds(0).durableEndOffset()).isEqualTo(end + 2);
    }

    private void fillUp() throws IOException {
        while (!topic.isHeld()) {
            ProduceResponse response =
                    client.ask(Requests.produce(VERSION, topic, 0, Requests.records("m".repeat(VALUE.length)), -1));
            assertThat(response.errorCounts()).containsOnlyKeys(Errors.NONE);
        }
    }

    private void settle(int count) {
        for (int number = 0; number < count; number++) {
            Awaitility.await()
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> await(queue.get()), Optional::isPresent)
                    .ifPresent(Delivery::settle);
        }
    }

    private static <T> T await(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
    }
}
