package io.mainstem.protocol.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FrameDecoderTest {

    private static final int LIMIT_BYTES = 100 << 20;

    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true);
    private final EmbeddedChannel channel = new EmbeddedChannel(new FrameDecoder(LIMIT_BYTES));

    FrameDecoderTest() {
        channel.config().setAllocator(allocator);
    }

    @AfterEach
    void leaveNothingBehind() {
        channel.finishAndReleaseAll();
        assertThat(allocator.metric().usedDirectMemory()).isZero();
    }

    @Test
    void framesComeOutAsTheyWereSentHoweverTheyArrive() {
        long seed = 20_261_124;
        Random random = new Random(seed);
        for (int length : new int[] {8, 1_000, 70_000, 300_000, 2_000_000}) {
            byte[] sent = new byte[length];
            random.nextBytes(sent);
            ByteBuf stream = Unpooled.buffer().writeInt(length).writeBytes(sent);
            while (stream.isReadable()) {
                int piece = Math.min(stream.readableBytes(), 1 + random.nextInt(length));
                channel.writeInbound(stream.readRetainedSlice(piece));
            }
            stream.release();
            ByteBuf frame = channel.readInbound();
            assertThat(ByteBufUtil.getBytes(frame))
                    .as("seed %d, length %d", seed, length)
                    .isEqualTo(sent);
            frame.release();
        }
    }

    @Test
    void aLargeFrameThatIsOnlyAnnouncedTakesLittleMemory() {
        channel.writeInbound(Unpooled.buffer().writeInt(LIMIT_BYTES).writeZero(1_000));
        assertThat(allocator.metric().usedDirectMemory()).isLessThanOrEqualTo(64 << 10);

        channel.writeInbound(Unpooled.buffer().writeZero(1 << 20));
        assertThat(allocator.metric().usedDirectMemory()).isLessThanOrEqualTo(5 << 20);
    }

    @Test
    void aFrameOverTheLimitIsRefusedBeforeItArrives() {
        assertThatThrownBy(() -> channel.writeInbound(Unpooled.buffer().writeInt(LIMIT_BYTES + 1)))
                .hasRootCauseInstanceOf(ProtocolViolation.class)
                .hasMessageContaining("the limit is " + LIMIT_BYTES);
    }
}
