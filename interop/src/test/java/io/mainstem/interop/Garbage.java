package io.mainstem.interop;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.function.Function;

/** What no client should send, for both ports: noise, and frames that are nearly right. */
final class Garbage {

    private static final byte[] AMQP_HEADER = {'A', 'M', 'Q', 'P', 0, 0, 9, 1};
    private static final int METHOD = 1;
    private static final int FRAME_END = 0xCE;
    private static final int START_OK = 10 << 16 | 11;
    private static final short API_VERSIONS = 18;
    private static final short PRODUCE = 0;
    private static final short FETCH = 1;

    private static final List<Function<Random, byte[]>> ANY = List.of(
            Garbage::noise,
            random -> "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII),
            random -> join(new byte[] {0x16, 3, 1, 2, 0, 1, 0, 1, (byte) 0xFC, 3, 3}, noise(random)));

    private static final List<Function<Random, byte[]>> KAFKA = List.of(
            random -> integers(Integer.MAX_VALUE),
            random -> integers(-1),
            random -> integers(0, 0, 0),
            random -> integers(random.nextInt()),
            random -> kafka((short) random.nextInt(), (short) 0, noise(random)),
            random -> kafka(API_VERSIONS, (short) random.nextInt(), noise(random)),
            random -> kafka(PRODUCE, (short) (3 + random.nextInt(10)), noise(random)),
            random -> kafka(FETCH, (short) (4 + random.nextInt(13)), noise(random)));

    private static final List<Function<Random, byte[]>> AMQP = List.of(
            random -> join("AMQP".getBytes(StandardCharsets.US_ASCII), noise(random)),
            random -> join(AMQP_HEADER, noise(random)),
            random -> join(AMQP_HEADER, frame(METHOD, 0, noise(random), FRAME_END)),
            random -> join(AMQP_HEADER, frame(METHOD, 0, integers(START_OK, random.nextInt()), FRAME_END)),
            random -> join(AMQP_HEADER, frame(METHOD, 0, integers(START_OK, 0), 0)),
            random -> join(AMQP_HEADER, frame(random.nextInt(256), random.nextInt(1 << 16), noise(random), FRAME_END)),
            random -> join(AMQP_HEADER, new byte[] {METHOD, 0, 0, 0x7F, -1, -1, -1}, noise(random)));

    private Garbage() {}

    static byte[] forKafka(Random random) {
        return pick(KAFKA, AMQP, random);
    }

    static byte[] forAmqp(Random random) {
        return pick(AMQP, KAFKA, random);
    }

    private static byte[] pick(
            List<Function<Random, byte[]>> often, List<Function<Random, byte[]>> seldom, Random random) {
        int roll = random.nextInt(10);
        List<Function<Random, byte[]>> kinds = roll < 7 ? often : roll < 9 ? ANY : seldom;
        return kinds.get(random.nextInt(kinds.size())).apply(random);
    }

    private static byte[] noise(Random random) {
        byte[] bytes = new byte[1 + random.nextInt(random.nextInt(20) == 0 ? 300_000 : 300)];
        random.nextBytes(bytes);
        return bytes;
    }

    private static byte[] kafka(short key, short version, byte[] body) {
        ByteBuffer request = ByteBuffer.allocate(14 + body.length);
        request.putInt(10 + body.length)
                .putShort(key)
                .putShort(version)
                .putInt(7)
                .putShort((short) -1);
        return request.put(body).array();
    }

    private static byte[] frame(int type, int channel, byte[] payload, int end) {
        ByteBuffer frame = ByteBuffer.allocate(8 + payload.length);
        frame.put((byte) type).putShort((short) channel).putInt(payload.length).put(payload);
        return frame.put((byte) end).array();
    }

    private static byte[] integers(int... values) {
        ByteBuffer bytes = ByteBuffer.allocate(Integer.BYTES * values.length);
        for (int value : values) {
            bytes.putInt(value);
        }
        return bytes.array();
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            joined.writeBytes(part);
        }
        return joined.toByteArray();
    }
}
