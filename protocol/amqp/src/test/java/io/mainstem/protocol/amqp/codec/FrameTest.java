package io.mainstem.protocol.amqp.codec;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrameTest {

    private static final int MAX_BYTES = 4096;

    @Test
    void aFrameIsReadOnceItIsThereWhereverItWasSplit() {
        ByteBuf whole = Unpooled.buffer();
        FrameWriter.method(whole, 7, Method.BASIC_ACK, 42L, true);
        for (int split = 0; split < whole.readableBytes(); split++) {
            ByteBuf in = Unpooled.buffer().writeBytes(whole, 0, split);
            Frame frame = new Frame();
            assertThat(frame.open(in, MAX_BYTES)).isFalse();
            assertThat(in.readerIndex()).isZero();

            in.writeBytes(whole, split, whole.readableBytes() - split);
            assertThat(frame.open(in, MAX_BYTES)).isTrue();

            assertThat(frame.type()).isEqualTo(Frame.METHOD);
            assertThat(frame.channel()).isEqualTo(7);
            assertThat(Method.readId(frame.payload())).isEqualTo(Method.BASIC_ACK);
            frame.close();
            assertThat(in.isReadable()).isFalse();
        }
    }

    @Test
    void framesBehindEachOtherAreReadOneByOneThoughTheirPayloadsAreNot() {
        ByteBuf in = Unpooled.buffer();
        FrameWriter.method(in, 1, Method.BASIC_ACK, 1L, false);
        FrameWriter.method(in, 2, Method.BASIC_ACK, 2L, false);
        Frame frame = new Frame();

        assertThat(frame.open(in, MAX_BYTES)).isTrue();
        Frame first = frame.copy();
        frame.close();
        assertThat(frame.open(in, MAX_BYTES)).isTrue();

        assertThat(frame.channel()).isEqualTo(2);
        assertThat(first.channel()).isEqualTo(1);
        assertThat(first.payload().readableBytes()).isEqualTo(13);
    }

    @Test
    void aFrameLargerThanAgreedIsRefusedBeforeItHasArrived() {
        ByteBuf in = Unpooled.buffer().writeByte(Frame.BODY).writeShort(1).writeInt(5000);

        assertThatThrownBy(() -> new Frame().open(in, MAX_BYTES))
                .isInstanceOf(AmqpException.class)
                .hasMessage("FRAME_ERROR - type 3, all octets = <<>>: {frame_too_large,5000,4088}");
    }

    @Test
    void aFrameWithoutItsEndIsRefused() {
        ByteBuf in = Unpooled.buffer().writeByte(Frame.BODY).writeShort(1).writeInt(2);
        in.writeByte('h').writeByte('i').writeByte(1);

        assertThatThrownBy(() -> new Frame().open(in, MAX_BYTES))
                .isInstanceOf(AmqpException.class)
                .hasMessage("FRAME_ERROR - type 3, all octets = <<\"hi\">>: {invalid_frame_end_marker,1}");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void garbageEndsInAProtocolErrorOrIsRead(long seed) {
        Random random = new Random(seed);
        RandomValues values = new RandomValues(random);
        for (int round = 0; round < 20_000; round++) {
            ByteBuf in = round % 2 == 0 ? Unpooled.wrappedBuffer(values.bytes(64)) : damagedFrame(random, values);
            try {
                readAll(in);
            } catch (AmqpException e) {
                assertThat(e.code().closesConnection()).isTrue();
            }
        }
    }

    /** A well-formed method or content header in which a few bytes are then wrong. */
    private static ByteBuf damagedFrame(Random random, RandomValues values) {
        ByteBuf out = Unpooled.buffer();
        if (random.nextBoolean()) {
            FrameWriter.method(out, 1, Method.QUEUE_BIND, 0, "q", "x", values.text(20), false, ours(values));
        } else {
            int start = FrameWriter.begin(out, Frame.HEADER, 1);
            out.writeShort(60).writeShort(0).writeLong(10).writeShort(Property.HEADERS.flag());
            FieldTable.write(ours(values), out);
            FrameWriter.end(out, start);
        }
        for (int left = random.nextInt(4); left > 0; left--) {
            // Behind the frame's own header, so that the inner decoders get to see it.
            int index = Frame.PAYLOAD_OFFSET + random.nextInt(out.readableBytes() - Frame.OVERHEAD_BYTES);
            out.setByte(index, random.nextInt());
        }
        return out;
    }

    private static Map<?, ?> ours(RandomValues values) {
        return (Map<?, ?>) requireNonNull(RandomValues.ours(values.table(3)));
    }

    private static void readAll(ByteBuf in) {
        Frame frame = new Frame();
        while (frame.open(in, MAX_BYTES)) {
            assertThat(frame.describe()).isNotEmpty();
            if (frame.type() == Frame.METHOD) {
                Arguments.read(Method.readId(frame.payload()), frame.payload());
            } else if (frame.type() == Frame.HEADER) {
                readAll(frame.payload().nioBuffer());
            }
            frame.close();
        }
    }

    private static void readAll(ByteBuffer payload) {
        ContentHeader header = new ContentHeader();
        header.read(payload);
        for (Property property = header.next(); property != null; property = header.next()) {
            if (property == Property.HEADERS) {
                FieldTable.isWellFormed(payload.slice(header.valuePosition(), header.valueLength()));
                TableReader table = new TableReader();
                table.read(payload, header.valuePosition(), header.valueLength());
                while (table.next()) {
                    assertThat(table.name()).isNotNull();
                }
            }
        }
    }
}
