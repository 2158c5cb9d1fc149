package io.mainstem.bench.soak.check;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.zip.CRC32;

/**
 * What is sent: who sent it, and the how manyeth of its sender it is.
 *
 * <pre>
 *   0        4                12       16
 *   | source |    sequence    | CRC-32 | filler, made of the sequence |
 * </pre>
 *
 * <p>The check sum is of all but itself.
 */
public record Message(int source, long sequence) {

    public static final int LEAST_BYTES = 16;

    private static final int CHECK_AT = 12;

    /** @param bytes how many it gets, {@link #LEAST_BYTES} at least */
    public byte[] encode(int bytes) {
        ByteBuffer buffer = ByteBuffer.allocate(bytes).putInt(source).putLong(sequence);
        buffer.position(LEAST_BYTES);
        while (buffer.hasRemaining()) {
            buffer.put((byte) (sequence + buffer.position()));
        }
        return buffer.putInt(CHECK_AT, checkSum(buffer.array())).array();
    }

    /** Empty when these are not the bytes of any. */
    public static Optional<Message> decode(byte[] bytes) {
        if (bytes.length < LEAST_BYTES || ByteBuffer.wrap(bytes).getInt(CHECK_AT) != checkSum(bytes)) {
            return Optional.empty();
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        return Optional.of(new Message(buffer.getInt(), buffer.getLong()));
    }

    private static int checkSum(byte[] bytes) {
        CRC32 sum = new CRC32();
        sum.update(bytes, 0, CHECK_AT);
        sum.update(bytes, LEAST_BYTES, bytes.length - LEAST_BYTES);
        return (int) sum.getValue();
    }

    @Override
    public String toString() {
        return source + "/" + sequence;
    }
}
