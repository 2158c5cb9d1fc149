package io.mainstem.engine.batch;

import java.nio.BufferOverflowException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;

/** Zigzag base-128 integers as Kafka's records use them: small numbers of either sign in few bytes. */
public final class Varint {

    private static final int LONGEST_INT_BYTES = 5;
    private static final int LONGEST_LONG_BYTES = 10;

    private Varint() {}

    /** Throws a {@link BufferOverflowException} when the buffer has no room. */
    public static void writeInt(int value, ByteBuffer to) {
        writeLong(value, to);
    }

    /** Throws a {@link BufferOverflowException} when the buffer has no room. */
    public static void writeLong(long value, ByteBuffer to) {
        long rest = (value << 1) ^ (value >> 63);
        while ((rest & ~0x7FL) != 0) {
            to.put((byte) ((rest & 0x7F) | 0x80));
            rest >>>= 7;
        }
        to.put((byte) rest);
    }

    /**
     * @throws CorruptRecordException when the bytes are no such number
     * @throws BufferUnderflowException when the buffer ends within it
     */
    public static int readInt(ByteBuffer from) {
        return toInt(read(from, LONGEST_INT_BYTES));
    }

    /**
     * Reads from a position of its own and leaves the buffer's as it is.
     *
     * @throws CorruptRecordException when the bytes are no such number
     * @throws IndexOutOfBoundsException when the buffer ends within it
     */
    static int readInt(ByteBuffer from, int position) {
        long raw = 0;
        for (int index = 0; index < LONGEST_INT_BYTES; index++) {
            byte next = from.get(position + index);
            raw |= (long) (next & 0x7F) << (7 * index);
            if (next >= 0) {
                return toInt((raw >>> 1) ^ -(raw & 1));
            }
        }
        throw new CorruptRecordException("integer of more than " + LONGEST_INT_BYTES + " bytes");
    }

    /** How many bytes the number at a position takes, which has been read before. */
    static int lengthAt(ByteBuffer from, int position) {
        int end = position;
        while (from.get(end) < 0) {
            end++;
        }
        return end + 1 - position;
    }

    private static int toInt(long value) {
        if (value != (int) value) {
            throw new CorruptRecordException("integer of more than 32 bits");
        }
        return (int) value;
    }

    /**
     * @throws CorruptRecordException when the bytes are no such number
     * @throws BufferUnderflowException when the buffer ends within it
     */
    public static long readLong(ByteBuffer from) {
        return read(from, LONGEST_LONG_BYTES);
    }

    public static int sizeInBytes(long value) {
        long zigzag = (value << 1) ^ (value >> 63);
        int significantBits = Long.SIZE - Long.numberOfLeadingZeros(zigzag | 1);
        return (significantBits + 6) / 7;
    }

    private static long read(ByteBuffer from, int longestBytes) {
        long raw = 0;
        for (int index = 0; index < longestBytes; index++) {
            byte next = from.get();
            raw |= (long) (next & 0x7F) << (7 * index);
            if (next >= 0) {
                return (raw >>> 1) ^ -(raw & 1);
            }
        }
        throw new CorruptRecordException("integer of more than " + longestBytes + " bytes");
    }
}
