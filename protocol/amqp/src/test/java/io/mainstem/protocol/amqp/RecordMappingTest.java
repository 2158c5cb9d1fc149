package io.mainstem.protocol.amqp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.impl.AMQImpl;
import io.mainstem.broker.MessageAttributes;
import io.mainstem.engine.batch.HeaderReader;
import io.mainstem.engine.batch.HeaderWriter;
import io.mainstem.engine.batch.Record;
import io.mainstem.protocol.amqp.codec.ContentHeader;
import io.mainstem.protocol.amqp.codec.RandomValues;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@SuppressWarnings("JavaUtilDate") // the client takes it
class RecordMappingTest {

    private static final int ROOM = 100_000;
    private static final String NO_VALUE = "(no value)";

    private final RecordHeaders in = new RecordHeaders(() -> "amq.rabbitmq.reply-to.here");
    private final MessageProperties out = new MessageProperties();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void fromAmqpToAmqpNothingIsLost(long seed) throws IOException {
        Random random = new Random(seed);
        for (int round = 0; round < 2000; round++) {
            BasicProperties properties = randomProperties(random);

            BasicProperties back = toAmqp(toRecord(properties));

            assertThat(comparable(back)).isEqualTo(comparable(properties));
        }
    }

    @Test
    void propertiesAreReadableRecordHeaders() {
        BasicProperties properties = new BasicProperties.Builder()
                .contentType("text/plain")
                .contentEncoding("gzip")
                .deliveryMode(2)
                .priority(5)
                .correlationId("c")
                .replyTo("r")
                .expiration("60000")
                .messageId("m")
                .timestamp(new Date(1_700_000_000_000L))
                .type("t")
                .userId("guest")
                .appId("a")
                .headers(Map.of("region", "eu"))
                .build();

        assertThat(text(toRecord(properties)))
                .containsOnly(
                        Map.entry("content-type", "text/plain"),
                        Map.entry("content-encoding", "gzip"),
                        Map.entry("amqp.delivery-mode", "2"),
                        Map.entry("mainstem.priority", "5"),
                        Map.entry("amqp.correlation-id", "c"),
                        Map.entry("amqp.reply-to", "r"),
                        Map.entry("mainstem.time-to-live", "60000"),
                        Map.entry("amqp.message-id", "m"),
                        Map.entry("amqp.timestamp", "1700000000"),
                        Map.entry("amqp.type", "t"),
                        Map.entry("amqp.user-id", "guest"),
                        Map.entry("amqp.app-id", "a"),
                        Map.entry("region", "eu"));
    }

    @Test
    void headersOfAMessageAreRecordHeadersWithTheirValuesAsText() {
        Map<String, Object> headers = new LinkedHashMap<>();
        headers.put("region", "eu");
        headers.put("attempt", 3);

        ByteBuffer section =
                toRecord(new BasicProperties.Builder().headers(headers).build());

        assertThat(text(section))
                .containsEntry("region", "eu")
                .containsEntry("attempt", "3")
                .containsOnlyKeys("region", "attempt", "amqp.headers");
    }

    @Test
    void headersOfAnotherProtocolAreTextWhereTheyCanBe() throws IOException {
        HeaderWriter headers = new HeaderWriter();
        headers.add("name", ByteBuffer.wrap("wert ä".getBytes(UTF_8)));
        headers.add("binary", ByteBuffer.wrap(new byte[] {(byte) 0xFF, 0}));
        headers.add("nothing", null);

        BasicProperties properties = toAmqp(headers.section());

        assertThat(properties.getHeaders().get("name")).hasToString("wert ä");
        assertThat(properties.getHeaders().get("binary")).isEqualTo(new byte[] {(byte) 0xFF, 0});
        assertThat(properties.getHeaders()).containsEntry("nothing", null);
        assertThat(properties.getTimestamp()).isNull();
    }

    @Test
    void headersThatOnlyLookLikePropertiesStayHeaders() throws IOException {
        HeaderWriter headers = new HeaderWriter();
        headers.add("amqp.priority", ByteBuffer.wrap("high".getBytes(UTF_8)));
        headers.add("amqp.delivery-mode", ByteBuffer.wrap("256".getBytes(UTF_8)));
        headers.add("amqp.headers", ByteBuffer.wrap("no table".getBytes(UTF_8)));
        headers.add("amqp.other", ByteBuffer.wrap("x".getBytes(UTF_8)));
        headers.add("content-type", ByteBuffer.wrap(new byte[300]));

        BasicProperties properties = toAmqp(headers.section());

        assertThat(properties.getPriority()).isNull();
        assertThat(properties.getDeliveryMode()).isNull();
        assertThat(properties.getContentType()).isNull();
        assertThat(properties.getHeaders())
                .containsOnlyKeys("amqp.priority", "amqp.delivery-mode", "amqp.headers", "amqp.other", "content-type");
    }

    @ParameterizedTest
    @CsvSource({
        "0, true",
        "-1, true",
        "9223372036854775, true",
        "1e3, false",
        "-, false",
        "'', false",
        "9223372036854775808, false",
        "9999999999999999999, false",
        "-9223372036854775809, false",
        "12345678901234567890, false"
    })
    void aTimestampIsANumberThatFits(String text, boolean fits) throws IOException {
        HeaderWriter headers = new HeaderWriter();
        headers.add("amqp.timestamp", ByteBuffer.wrap(text.getBytes(UTF_8)));

        BasicProperties properties = toAmqp(headers.section());

        if (fits) {
            assertThat(properties.getTimestamp()).isEqualTo(new Date(Long.parseLong(text) * 1000));
        } else {
            assertThat(properties.getTimestamp()).isNull();
            assertThat(properties.getHeaders()).containsOnlyKeys("amqp.timestamp");
        }
    }

    @Test
    void headersOfAMessageThatAreNamedLikePropertiesStayHeaders() throws IOException {
        BasicProperties properties = new BasicProperties.Builder()
                .headers(Map.of("content-type", "mine", "amqp.priority", "9", "amqp.headers", "x"))
                .build();

        BasicProperties back = toAmqp(toRecord(properties));

        assertThat(back.getContentType()).isNull();
        assertThat(back.getPriority()).isNull();
        assertThat(comparable(back)).isEqualTo(comparable(properties));
    }

    @Test
    void headersThatDoNotFitIntoAFrameAreLeftOut() throws IOException {
        HeaderWriter headers = new HeaderWriter();
        headers.add("large", ByteBuffer.wrap(new byte[ROOM]));
        headers.add("small", ByteBuffer.wrap(new byte[] {'x'}));
        headers.add("n".repeat(256), ByteBuffer.wrap(new byte[1]));

        assertThat(toAmqp(headers.section()).getHeaders()).containsOnlyKeys("small");
    }

    @Test
    void headersOnlyGiveWayToWhatIsReallyThere() throws IOException {
        HeaderWriter headers = new HeaderWriter();
        headers.add("content-type", ByteBuffer.wrap("text".getBytes(UTF_8)));
        headers.add("large", ByteBuffer.wrap("x".repeat(ROOM - 50).getBytes(UTF_8)));

        assertThat(toAmqp(headers.section()).getHeaders()).containsOnlyKeys("large");
    }

    @Test
    void valuesOfHeadersAreTextWhereTextCanTellThem() {
        Map<String, @Nullable Object> headers = new LinkedHashMap<>();
        headers.put("whole", 2.0);
        headers.put("half", 0.5);
        headers.put("decimal", new BigDecimal("1.50"));
        headers.put("truth", true);
        headers.put("when", new Date(1_700_000_000_000L));
        headers.put("bytes", "text".getBytes(UTF_8));
        headers.put("list", List.of("a"));
        headers.put("nothing", null);

        Map<String, String> text =
                text(toRecord(new BasicProperties.Builder().headers(headers).build()));

        assertThat(text)
                .containsEntry("whole", "2")
                .containsEntry("half", "0.5")
                .containsEntry("decimal", "1.5")
                .containsEntry("truth", "true")
                .containsEntry("when", "1700000000")
                .containsEntry("bytes", "text")
                .containsEntry("list", NO_VALUE)
                .containsEntry("nothing", NO_VALUE)
                .containsKey("amqp.headers");
    }

    @Test
    void stringsAndHeadersWithoutValuesNeedNoTableBeside() {
        Map<String, @Nullable Object> headers = new LinkedHashMap<>();
        headers.put("region", "eu");
        headers.put("nothing", null);

        assertThat(text(toRecord(new BasicProperties.Builder().headers(headers).build())))
                .containsOnlyKeys("region", "nothing");
    }

    @Test
    void whatTheBrokerActsOnHasItsNames() throws IOException {
        Map<String, Object> headers = new LinkedHashMap<>();
        headers.put("CC", List.of("a", "b"));
        headers.put("BCC", List.of("c"));
        headers.put("x-delay", 5000);
        headers.put("x-deduplication-header", "id-1");
        headers.put("mainstem.priority", "200");

        toRecord(new BasicProperties.Builder().headers(headers).build());
        in.addFurtherKeys();
        in.addDelay(10_000);
        ByteBuffer section = in.section();

        assertThat(MessageAttributes.of(section).deliverAtMillis()).hasValue(15_000);
        assertThat(MessageAttributes.of(section).deduplicationId()).isEqualTo("id-1");
        assertThat(MessageAttributes.of(section).priority()).isEmpty();
        assertThat(all(section, MessageAttributes.KEY)).containsExactly("a", "b", "c");
        assertThat(toAmqp(section).getHeaders())
                .containsOnlyKeys("CC", "x-delay", "x-deduplication-header", "mainstem.priority");
    }

    @Test
    void repliesThatNeedNoQueueGetAnAddress() throws IOException {
        BasicProperties properties =
                new BasicProperties.Builder().replyTo("amq.rabbitmq.reply-to").build();

        assertThat(toAmqp(toRecord(properties)).getReplyTo()).isEqualTo("amq.rabbitmq.reply-to.here");
    }

    @Test
    void theBrokersOwnHeadersAreNotShown() throws IOException {
        HeaderWriter headers = new HeaderWriter();
        headers.add("mainstem.priority", ByteBuffer.wrap("7".getBytes(UTF_8)));
        headers.add("mainstem.time-to-live", ByteBuffer.wrap("1000".getBytes(UTF_8)));
        headers.add("mainstem.key", ByteBuffer.wrap("hidden".getBytes(UTF_8)));
        headers.add("mainstem.deliver-at", ByteBuffer.wrap("5".getBytes(UTF_8)));

        BasicProperties properties = toAmqp(headers.section());

        assertThat(properties.getPriority()).isEqualTo(7);
        assertThat(properties.getExpiration()).isEqualTo("1000");
        assertThat(properties.getHeaders()).isNull();
    }

    @Test
    void aRecordOfAnotherProtocolComesBackAsItWas() throws IOException {
        HeaderWriter headers = new HeaderWriter();
        headers.add("content-type", ByteBuffer.wrap("application/json".getBytes(UTF_8)));
        headers.add("trace", ByteBuffer.wrap("00-4bf9".getBytes(UTF_8)));
        headers.add("mainstem.priority", ByteBuffer.wrap("3".getBytes(UTF_8)));
        headers.add("nothing", null);
        headers.add("binary", ByteBuffer.wrap(new byte[] {(byte) 0xFF, 0}));
        ByteBuffer section = headers.section();

        BasicProperties properties = toAmqp(section);

        assertThat(text(toRecord(properties))).isEqualTo(text(section));
    }

    private static List<String> all(ByteBuffer section, String name) {
        List<String> values = new ArrayList<>();
        HeaderReader headers = new HeaderReader(section);
        while (headers.next()) {
            ByteBuffer value = headers.value();
            if (value != null && UTF_8.decode(headers.name()).toString().equals(name)) {
                values.add(UTF_8.decode(value).toString());
            }
        }
        return values;
    }

    @ParameterizedTest
    @CsvSource({"1000, 1000", "+5, +5", "0, 0", "abc,", "-1,", "315360000001,", "1.5,", "'',"})
    void aTimeToLiveThatNoMessageMayHaveIsNoExpiration(String timeToLive, @Nullable String expiration)
            throws IOException {
        HeaderWriter headers = new HeaderWriter();
        headers.add("mainstem.time-to-live", ByteBuffer.wrap(timeToLive.getBytes(UTF_8)));
        headers.add("other", ByteBuffer.wrap("kept".getBytes(UTF_8)));

        BasicProperties properties = toAmqp(headers.section());

        assertThat(properties.getExpiration()).isEqualTo(expiration);
        assertThat(properties.getHeaders()).containsOnlyKeys("other");
    }

    private ByteBuffer toRecord(BasicProperties properties) {
        try {
            byte[] payload = properties.toFrame(1, 0).getPayload();
            ContentHeader content = new ContentHeader();
            content.read(ByteBuffer.wrap(payload));
            in.read(content);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return in.section();
    }

    private BasicProperties toAmqp(ByteBuffer section) throws IOException {
        ByteBuf payload = Unpooled.buffer().writeShort(60).writeShort(0).writeLong(0);
        out.write(new Record(0, 0, null, null, section), Map.of(), payload, ROOM);
        assertThat(payload.readableBytes()).isLessThan(ROOM);
        return (BasicProperties) AMQImpl.readContentHeaderFrom(
                new DataInputStream(new ByteArrayInputStream(ByteBufUtil.getBytes(payload))));
    }

    private static Map<String, String> text(ByteBuffer section) {
        Map<String, String> text = new LinkedHashMap<>();
        HeaderReader headers = new HeaderReader(section);
        while (headers.next()) {
            ByteBuffer value = headers.value();
            text.put(
                    UTF_8.decode(headers.name()).toString(),
                    value == null ? NO_VALUE : UTF_8.decode(value).toString());
        }
        return text;
    }

    private static BasicProperties randomProperties(Random random) {
        RandomValues values = new RandomValues(random);
        BasicProperties.Builder builder = new BasicProperties.Builder();
        builder.contentType(random.nextBoolean() ? values.text(50) : null);
        builder.contentEncoding(random.nextBoolean() ? values.text(50) : null);
        builder.headers(random.nextBoolean() ? randomHeaders(random, values) : null);
        builder.deliveryMode(random.nextBoolean() ? random.nextInt(256) : null);
        builder.priority(random.nextBoolean() ? random.nextInt(256) : null);
        builder.correlationId(random.nextBoolean() ? values.text(80) : null);
        builder.replyTo(random.nextBoolean() ? values.text(80) : null);
        builder.expiration(random.nextBoolean() ? Integer.toString(random.nextInt(1 << 20)) : null);
        builder.messageId(random.nextBoolean() ? values.text(80) : null);
        builder.timestamp(random.nextBoolean() ? new Date(random.nextInt() * 1000L) : null);
        builder.type(random.nextBoolean() ? values.text(80) : null);
        builder.userId(random.nextBoolean() ? values.text(80) : null);
        builder.appId(random.nextBoolean() ? values.text(80) : null);
        builder.clusterId(random.nextBoolean() ? values.text(80) : null);
        return builder.build();
    }

    private static Map<String, @Nullable Object> randomHeaders(Random random, RandomValues values) {
        Map<String, @Nullable Object> headers = new LinkedHashMap<>(random.nextBoolean() ? values.table(2) : Map.of());
        for (int left = random.nextInt(4); left > 0; left--) {
            headers.put(random.nextInt(5) == 0 ? "amqp.priority" : values.text(10), values.text(30));
        }
        return headers;
    }

    /** Properties as their names with values that know when they are equal. */
    private static Map<String, @Nullable Object> comparable(BasicProperties properties) {
        Map<String, @Nullable Object> comparable = new LinkedHashMap<>();
        comparable.put("headers", RandomValues.comparable(properties.getHeaders()));
        BasicProperties rest = properties.builder().headers(null).build();
        comparable.put("rest", rest.toString());
        return comparable;
    }
}
