package io.mainstem.protocol.amqp.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.LongString;
import com.rabbitmq.client.impl.AMQImpl;
import com.rabbitmq.client.impl.LongStringHelper;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.lang.reflect.Constructor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every method against the classes of RabbitMQ's Java client, in both directions. */
class MethodOracleTest {

    private static final int ROUNDS = 50;

    @Test
    void thereAreTheMethodsOfTheSpecificationAndOfRabbitMqsExtensions() {
        assertThat(Method.values()).hasSize(66);
    }

    @ParameterizedTest
    @EnumSource(Method.class)
    void whatTheClientWritesIsRead(Method method) throws Exception {
        RandomValues values = new RandomValues(new Random(method.id()));
        for (int round = 0; round < ROUNDS; round++) {
            List<Object> arguments = randomArguments(method, values, round);
            ByteBuf payload = Unpooled.wrappedBuffer(
                    clientMethod(method, arguments).toFrame(1).getPayload());

            assertSame(arguments, method, payload);
        }
    }

    @ParameterizedTest
    @EnumSource(Method.class)
    void theClientReadsWhatIsWritten(Method method) throws Exception {
        RandomValues values = new RandomValues(new Random(method.id()));
        for (int round = 0; round < ROUNDS; round++) {
            List<Object> arguments = randomArguments(method, values, round);
            ByteBuf out = Unpooled.buffer();

            FrameWriter.method(
                    out,
                    1,
                    method,
                    arguments.stream().map(MethodOracleTest::ours).toArray());

            Frame frame = new Frame();
            assertThat(frame.open(out, 1 << 20)).isTrue();
            byte[] payload = ByteBufUtil.getBytes(frame.payload());
            com.rabbitmq.client.impl.Method read =
                    AMQImpl.readMethodFrom(new DataInputStream(new ByteArrayInputStream(payload)));
            assertThat(read).hasSameClassAs(clientMethod(method, arguments));
            // The client keeps tables without their order, so what it read is compared by its values.
            assertSame(arguments, method, Unpooled.wrappedBuffer(read.toFrame(1).getPayload()));
        }
    }

    @Test
    void anUnknownMethodIsRefused() {
        ByteBuf payload = Unpooled.buffer().writeShort(60).writeShort(99);

        assertThatThrownBy(() -> Method.readId(payload))
                .isInstanceOf(AmqpException.class)
                .hasMessage("NOT_IMPLEMENTED - unknown method 60.99");
    }

    private static void assertSame(List<Object> arguments, Method method, ByteBuf payload) {
        assertThat(Method.readId(payload)).isEqualTo(method);
        Arguments read = Arguments.read(method, payload);
        assertThat(payload.isReadable()).isFalse();
        for (int index = 0; index < arguments.size(); index++) {
            Object value = read.value(method.fields().get(index).name());
            assertThat(RandomValues.comparable(value)).isEqualTo(RandomValues.comparable(arguments.get(index)));
        }
    }

    private static Object ours(Object argument) {
        if (argument instanceof LongString string) {
            return string.getBytes();
        }
        Object ours = RandomValues.ours(argument);
        return ours == null ? argument : ours;
    }

    private static List<Object> randomArguments(Method method, RandomValues values, int round) {
        Random random = new Random(round);
        List<Object> arguments = new ArrayList<>();
        for (Method.Field field : method.fields()) {
            arguments.add(
                    switch (field.type()) {
                        case BIT -> random.nextBoolean();
                        case OCTET -> random.nextInt(256);
                        case SHORT -> random.nextInt(65536);
                        case LONG -> random.nextInt(Integer.MAX_VALUE);
                        case LONGLONG -> random.nextLong();
                        case SHORTSTR -> values.text(80);
                        case LONGSTR -> LongStringHelper.asLongString(values.bytes(300));
                        case TABLE -> values.table(3);
                    });
        }
        return arguments;
    }

    /** The client's class of the same name, made with the arguments. */
    private static com.rabbitmq.client.impl.Method clientMethod(Method method, List<Object> arguments)
            throws ReflectiveOperationException {
        String name = Arrays.stream(method.name().split("_", -1))
                .map(word -> word.charAt(0) + word.substring(1).toLowerCase(Locale.ROOT))
                .collect(Collectors.joining());
        String classPart = method.toString().substring(0, method.toString().indexOf('.'));
        Class<?> type = Class.forName(AMQImpl.class.getName() + "$" + name.substring(0, classPart.length()) + "$"
                + name.substring(classPart.length()));
        for (Constructor<?> constructor : type.getConstructors()) {
            if (Arrays.stream(constructor.getParameterTypes())
                    .noneMatch(p -> p.getSimpleName().equals("MethodArgumentReader"))) {
                return (com.rabbitmq.client.impl.Method) constructor.newInstance(arguments.toArray());
            }
        }
        throw new NoSuchMethodException(type.getName());
    }
}
