package io.mainstem.protocol.amqp;

import static io.mainstem.protocol.amqp.BrokerFixture.refusal;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Return;
import io.mainstem.broker.MessageAttributes;
import io.mainstem.broker.Topic;
import io.mainstem.engine.batch.Record;
import io.mainstem.engine.batch.RecordBatch;
import io.mainstem.engine.batch.RecordReader;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Exchanges that lead to exchanges, that look at headers, and what becomes of what nobody wants. */
@SuppressWarnings("NullAway.Init") // by beforeEach
class ExchangeRoutingTest {

    @RegisterExtension
    final BrokerFixture fixture = new BrokerFixture();

    private final BlockingQueue<Return> returns = new LinkedBlockingQueue<>();
    private Channel channel;

    @BeforeEach
    void declareAQueue() throws Exception {
        channel = fixture.channel();
        channel.confirmSelect();
        channel.addReturnListener(returns::add);
        channel.queueDeclare("work", true, false, false, null);
    }

    @Test
    void anExchangeGetsWhatABindingToAnotherLetsThrough() throws Exception {
        channel.exchangeDeclare("all", "topic", true);
        channel.exchangeDeclare("orders", "direct", true);
        channel.exchangeBind("orders", "all", "order.#");
        channel.queueBind("work", "orders", "order.new");

        publish("all", "order.new");
        publish("all", "order.old");
        publish("all", "invoice.new");

        assertThat(channel.messageCount("work")).isEqualTo(1);
        assertThat(channel.basicGet("work", true).getEnvelope().getExchange()).isEqualTo("all");

        channel.exchangeUnbind("orders", "all", "order.#");
        publish("all", "order.new");
        assertThat(channel.messageCount("work")).isZero();
    }

    @Test
    void aQueueGetsOneCopyWhateverTheWays() throws Exception {
        channel.exchangeDeclare("a", "fanout", true);
        channel.exchangeDeclare("b", "fanout", true);
        channel.exchangeBind("b", "a", "");
        channel.exchangeBind("a", "b", "");
        channel.queueBind("work", "a", "1");
        channel.queueBind("work", "b", "2");

        publish("a", "");

        assertThat(channel.messageCount("work")).isEqualTo(1);
    }

    @Test
    void bindingWhatIsNotThereIsRefusedAndUnbindingItIsNot() throws Exception {
        assertThat(refusal(() -> fixture.channel().exchangeBind("amq.fanout", "missing", "")))
                .isEqualTo("404 NOT_FOUND - no exchange 'missing' in vhost '/'");
        assertThat(refusal(() -> fixture.channel().exchangeBind("missing", "amq.fanout", "")))
                .isEqualTo("404 NOT_FOUND - no exchange 'missing' in vhost '/'");
        assertThat(refusal(() -> fixture.channel().exchangeBind("", "amq.fanout", "")))
                .isEqualTo("403 ACCESS_REFUSED - operation not permitted on the default exchange");
        assertThat(refusal(() -> fixture.channel().queueBind("missing", "missing too", "")))
                .isEqualTo("404 NOT_FOUND - no exchange 'missing too' in vhost '/'");
        channel.exchangeUnbind("amq.fanout", "missing", "");
        channel.queueUnbind("missing", "missing too", "");
        channel.queueUnbind("work", "amq.direct", "never bound");
    }

    @Test
    void whatNobodyWantsGoesToTheAlternate() throws Exception {
        channel.exchangeDeclare("rest", "fanout", true);
        declare("orders", "direct", Map.of("alternate-exchange", "rest"));
        channel.queueBind("work", "rest", "");

        publish("orders", "nobody's");
        assertThat(channel.messageCount("work")).isEqualTo(1);
        assertThat(returns).isEmpty();

        channel.queueUnbind("work", "rest", "");
        publish("orders", "nobody's");
        assertThat(returns.poll(20, TimeUnit.SECONDS)).isNotNull();
    }

    @Test
    void anInternalExchangeIsReachedByBindingsOnly() throws Exception {
        channel.exchangeDeclare("inside", "fanout", true, false, true, null);
        channel.exchangeBind("inside", "amq.fanout", "");
        channel.queueBind("work", "inside", "");
        publish("amq.fanout", "");
        assertThat(channel.messageCount("work")).isEqualTo(1);

        assertThat(refusal(() -> publish("inside", "")))
                .isEqualTo("403 ACCESS_REFUSED - cannot publish to internal exchange 'inside' in vhost '/'");
    }

    @Test
    void internalAndAlternateAreToBeDeclaredAlike() throws Exception {
        channel.exchangeDeclare("inside", "fanout", true, false, true, null);
        declare("with", "fanout", Map.of("alternate-exchange", "a"));
        declare("without", "fanout", Map.of("x-whatever", 1));

        assertThat(refusal(() -> declare("inside", "fanout", Map.of())))
                .isEqualTo("406 PRECONDITION_FAILED - inequivalent arg 'internal' for exchange 'inside' in vhost '/':"
                        + " received 'false' but current is 'true'");
        String inequivalent = "406 PRECONDITION_FAILED - inequivalent arg 'alternate-exchange' for exchange '";
        assertThat(refusal(() -> declare("with", "fanout", Map.of("alternate-exchange", "b"))))
                .isEqualTo(inequivalent + "with' in vhost '/': received 'b' but current is 'a'");
        assertThat(refusal(() -> declare("with", "fanout", Map.of())))
                .isEqualTo(inequivalent + "with' in vhost '/': received none but current is the value 'a' of type"
                        + " 'longstr'");
        assertThat(refusal(() -> declare("without", "fanout", Map.of("alternate-exchange", "b"))))
                .isEqualTo(inequivalent + "without' in vhost '/': received the value 'b' of type 'longstr' but current"
                        + " is none");
        assertThat(refusal(() -> declare("new", "fanout", Map.of("alternate-exchange", 5))))
                .isEqualTo("406 PRECONDITION_FAILED - invalid type 'signedint' for arg 'alternate-exchange' in"
                        + " exchange 'new' in vhost '/'");
    }

    @Test
    void furtherKeysAreMatchedLikeTheFirst() throws Exception {
        channel.queueBind("work", "amq.direct", "b");
        channel.queueBind("work", "amq.direct", "c");
        publish("amq.direct", "a", Map.of("CC", List.of("b", "c")));
        publish("amq.direct", "a", Map.of("BCC", List.of("c")));
        publish("amq.direct", "a", Map.of("CC", List.of("d")));

        assertThat(channel.messageCount("work")).isEqualTo(2);
        assertThat(returns.poll(20, TimeUnit.SECONDS)).isNotNull();
        assertThat(returns).isEmpty();
    }

    static Stream<Arguments> headerBindings() {
        return Stream.of(
                bound(Map.of("x-match", "all", "a", 5), Map.of("a", 5), true),
                bound(Map.of("x-match", "all", "a", 5), Map.of("a", 5L), true),
                bound(Map.of("x-match", "all", "a", 5), Map.of("a", 6), false),
                bound(Map.of("x-match", "all", "a", "x", "b", true), Map.of("a", "x", "b", true, "c", 1), true),
                bound(Map.of("x-match", "all", "a", "x", "b", true), Map.of("a", "x"), false),
                bound(Map.of("x-match", "any", "a", 1, "b", 2), Map.of("b", 2), true),
                bound(Map.of("x-match", "any", "a", 1, "b", 2), Map.of("b", 1), false),
                bound(Map.of("x-match", "any"), Map.of("a", 1), false),
                bound(Map.of("x-match", "all"), Map.of("a", 1), true),
                bound(Map.of(), Map.of(), true),
                bound(Map.of("a", 1), Map.of("a", 1), true),
                bound(Map.of("a", ""), Map.of("a", ""), true),
                bound(Collections.singletonMap("a", null), Map.of("a", 5), true),
                bound(Collections.singletonMap("a", null), Map.of("a", List.of(1)), true),
                bound(Collections.singletonMap("a", null), Map.of("b", 5), false),
                bound(Map.of("x-match", "all", "x-a", 1), Map.of(), true),
                bound(Map.of("x-match", "all-with-x", "x-a", 1), Map.of(), false),
                bound(Map.of("x-match", "all-with-x", "x-a", 1), Map.of("x-a", 1), true),
                bound(Map.of("x-match", "any", "x-a", 1), Map.of("x-a", 1), false),
                bound(Map.of("x-match", "any-with-x", "x-a", 1), Map.of("x-a", 1), true),
                bound(Map.of("a", new BigDecimal("1.5")), Map.of("a", new BigDecimal("1.5")), true),
                bound(Map.of("a", new BigDecimal("1.5")), Map.of("a", new BigDecimal("1.50")), false),
                bound(Map.of("a", 2.0), Map.of("a", 2), true),
                bound(Map.of("a", 100), Map.of("a", 1e2f), true),
                bound(Map.of("a", 0.1), Map.of("a", 0.1f), false),
                bound(Map.of("a", (1L << 53) + 1), Map.of("a", 0x1p53), false),
                bound(Map.of("a", 2), Map.of("a", "2"), false),
                bound(Map.of("a", "2"), Map.of("a", 2), false),
                bound(Map.of("a", "2"), Map.of("a", "2", "b", 3), true),
                bound(Map.of("a", true), Map.of("a", "true"), false),
                bound(Map.of("a", true), Map.of("a", true), true),
                bound(Map.of("a", "b"), Map.of("a", new byte[] {'b'}), true),
                bound(Map.of("a", new byte[] {-1}), Map.of("a", new byte[] {-1}), true),
                bound(Map.of("a", new byte[] {-1}), Map.of("a", new byte[] {-2}), false),
                bound(Map.of("a", List.of(1, "b")), Map.of("a", List.of(1, "b")), true),
                bound(Map.of("a", List.of(1, "b")), Map.of("a", List.of(1L, "b")), false),
                bound(Map.of("a", List.of(1, "b")), Map.of("a", List.of("b", 1)), false),
                bound(Map.of("a", Map.of("b", 1)), Map.of("a", Map.of("b", 1)), true),
                bound(Map.of("a", Map.of("b", 1)), Map.of("a", Map.of("c", 1)), false),
                bound(Map.of("a", Map.of()), Map.of("a", List.of()), true));
    }

    @ParameterizedTest
    @MethodSource("headerBindings")
    void headersAreMatchedAsTheBindingSays(
            Map<String, @Nullable Object> binding, Map<String, Object> headers, boolean fits) throws Exception {
        channel.queueBind("work", "amq.match", "", new HashMap<>(binding));
        publish("amq.match", "", headers);

        assertThat(channel.messageCount("work")).isEqualTo(fits ? 1 : 0);

        channel.queueUnbind("work", "amq.match", "", new HashMap<>(binding));
        publish("amq.match", "", headers);
        assertThat(channel.messageCount("work")).isEqualTo(fits ? 1 : 0);
    }

    @Test
    void whatIsNoMatchIsRefused() throws Exception {
        assertThat(refusal(() -> channel.queueBind("work", "amq.headers", "", Map.of("x-match", "foo"))))
                .isEqualTo("406 PRECONDITION_FAILED - Invalid x-match field value <<\"foo\">>; expected all, any,"
                        + " all-with-x, or any-with-x");
        Channel other = fixture.channel();
        assertThat(refusal(() -> other.queueBind("work", "amq.headers", "", Map.of("x-match", 5))))
                .isEqualTo("406 PRECONDITION_FAILED - Invalid x-match field type signedint (value 5); expected"
                        + " longstr");
        fixture.channel().queueBind("work", "amq.direct", "", Map.of("x-match", "foo"));
    }

    @Test
    void bindingsWithOtherArgumentsAreOtherBindings() throws Exception {
        channel.queueBind("work", "amq.direct", "key", Map.of("n", 1));
        channel.queueBind("work", "amq.direct", "key", Map.of("n", 2));
        channel.queueUnbind("work", "amq.direct", "key", Map.of("n", 1));

        publish("amq.direct", "key");
        assertThat(channel.messageCount("work")).isEqualTo(1);

        channel.queueUnbind("work", "amq.direct", "key", Map.of("n", 2));
        publish("amq.direct", "key");
        assertThat(channel.messageCount("work")).isEqualTo(1);
    }

    @Test
    void aDelayedExchangeTellsTheBrokerWhenToDeliver() throws Exception {
        declare("later", "x-delayed-message", Map.of("x-delayed-type", "direct"));
        declare("later", "x-delayed-message", Map.of("x-delayed-type", "direct"));
        long before = System.currentTimeMillis();
        publish("later", "key", Map.of("x-delay", 60_000));
        publish("amq.direct", "key", Map.of("x-delay", 60_000));

        long deliverAt = MessageAttributes.of(onlyRecord("later").headers())
                .deliverAtMillis()
                .orElseThrow();
        assertThat(deliverAt - 60_000).isBetween(before, System.currentTimeMillis());
        assertThat(MessageAttributes.of(onlyRecord("amq.direct").headers()).deliverAtMillis())
                .isEmpty();
    }

    @Test
    void aDelayedMessageComesWhenItIsDue() throws Exception {
        declare("later", "x-delayed-message", Map.of("x-delayed-type", "direct"));
        channel.queueBind("work", "later", "key");
        BlockingQueue<String> came = new LinkedBlockingQueue<>();
        channel.basicConsume(
                "work",
                true,
                (tag, delivery) -> came.add(
                        delivery.getProperties().getHeaders().get("x-delay").toString()),
                tag -> {});
        long beforeNanos = System.nanoTime();
        for (Object delay : new Object[] {400, 200L, (short) -1, 0.5, "300"}) {
            publish("later", "key", Map.of("x-delay", delay));
        }

        // what is no delay delays nothing
        assertThat(List.of(next(came), next(came), next(came))).containsExactly("-1", "0.5", "300");
        assertThat(List.of(next(came), next(came))).containsExactly("200", "400");
        assertThat(System.nanoTime() - beforeNanos).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(400));
    }

    private static String next(BlockingQueue<String> came) throws InterruptedException {
        return String.valueOf(came.poll(20, TimeUnit.SECONDS));
    }

    @Test
    void aDelayOfMoreThanTenYearsIsRefused() throws Exception {
        declare("later", "x-delayed-message", Map.of("x-delayed-type", "direct"));
        publish("later", "key", Map.of("x-delay", 315_360_000_000L));
        publish("amq.direct", "key", Map.of("x-delay", Long.MAX_VALUE));
        assertThat(refusal(() -> publish("later", "key", Map.of("x-delay", 315_360_000_001L))))
                .isEqualTo("406 PRECONDITION_FAILED - invalid x-delay '315360000001': {value_too_large,315360000001}");
    }

    @Test
    void aDelayedExchangeIsDeclaredWithTheTypeItRoutesBy() throws Exception {
        declare("later", "x-delayed-message", Map.of("x-delayed-type", "direct"));

        assertThat(refusal(() -> declare("other", "x-delayed-message", Map.of())))
                .isEqualTo("406 PRECONDITION_FAILED - Invalid argument, 'x-delayed-type' must be an existing exchange"
                        + " type");
        assertThat(refusal(() -> declare("later", "direct", Map.of())))
                .isEqualTo("406 PRECONDITION_FAILED - inequivalent arg 'type' for exchange 'later' in vhost '/':"
                        + " received 'direct' but current is 'x-delayed-message'");
        assertThat(refusal(() -> declare("later", "x-delayed-message", Map.of("x-delayed-type", "fanout"))))
                .isEqualTo("406 PRECONDITION_FAILED - inequivalent arg 'x-delayed-type' for exchange 'later' in"
                        + " vhost '/': received 'fanout' but current is 'direct'");
    }

    private static Arguments bound(Map<String, ?> binding, Map<String, ?> headers, boolean fits) {
        return Arguments.of(binding, headers, fits);
    }

    private Record onlyRecord(String exchange) throws Exception {
        Topic topic = fixture.broker().topics().find(exchange).orElseThrow();
        ByteBuffer batches = topic.read(0, 0, 1 << 20).toCompletableFuture().get(20, TimeUnit.SECONDS);
        return new RecordReader(RecordBatch.at(batches, batches.position())).next();
    }

    private void declare(String exchange, String type, Map<String, Object> arguments) throws Exception {
        fixture.channel().exchangeDeclare(exchange, type, true, false, arguments);
    }

    private void publish(String exchange, String key) throws Exception {
        publish(exchange, key, Map.of());
    }

    private void publish(String exchange, String key, Map<String, Object> headers) throws IOException {
        BasicProperties properties =
                new BasicProperties.Builder().headers(headers).build();
        channel.basicPublish(exchange, key, true, properties, "hello".getBytes(UTF_8));
        try {
            channel.waitForConfirms();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        channel.basicQos(0);
    }
}
