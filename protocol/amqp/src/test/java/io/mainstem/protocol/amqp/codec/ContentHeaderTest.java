package io.mainstem.protocol.amqp.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.AMQP.BasicProperties;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

@SuppressWarnings("JavaUtilDate") // the client takes it
class ContentHeaderTest {

    @Test
    void theClientsPropertiesAreSeenInTheirOrder() throws IOException {
        BasicProperties properties = new BasicProperties.Builder()
                .contentType("text/plain")
                .headers(Map.of("a", "b"))
                .deliveryMode(2)
                .timestamp(new Date(5000))
                .clusterId("c")
                .build();

        ContentHeader header = new ContentHeader();
        header.read(ByteBuffer.wrap(properties.toFrame(1, 77).getPayload()));

        assertThat(header.classId()).isEqualTo(60);
        assertThat(header.bodyBytes()).isEqualTo(77);
        List<String> seen = new ArrayList<>();
        for (Property property = header.next(); property != null; property = header.next()) {
            ByteBuf value = Unpooled.wrappedBuffer(header.buffer()).slice(header.valuePosition(), header.valueLength());
            seen.add(property + "=" + (property.isText() ? value.toString(StandardCharsets.UTF_8) : hex(value)));
        }
        assertThat(seen)
                .containsExactly(
                        "content-type=text/plain",
                        "headers=01615300000001" + "62",
                        "delivery-mode=02",
                        "timestamp=0000000000000005",
                        "cluster-id=c");
    }

    @Test
    void propertiesThatEndTooEarlyAreRefused() {
        ByteBuf payload = Unpooled.buffer().writeShort(60).writeShort(0).writeLong(0);
        payload.writeShort(Property.APP_ID.flag()).writeByte(5).writeByte('a');

        ContentHeader header = new ContentHeader();
        header.read(payload.nioBuffer());

        assertThatThrownBy(header::next)
                .isInstanceOf(AmqpException.class)
                .hasMessage("SYNTAX_ERROR - property app-id ends too early");
    }

    private static String hex(ByteBuf value) {
        return ByteBufUtil.hexDump(value);
    }
}
