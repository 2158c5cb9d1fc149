package io.mainstem.broker;

import java.util.stream.LongStream;

/**
 * What queues still have of the first part of a log, which is looked at in pieces of the same number of offsets.
 *
 * @param firstOffset where the part begins
 * @param endOffset where it ends
 * @param bytes by piece
 * @param fixedFrom the lowest offset that somebody holds, or that for another reason has to stay where it is;
 *     Long.MAX_VALUE if there is none
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Backlog(long firstOffset, long endOffset, long[] bytes, long fixedFrom) {

    /** What a message takes beside its value, about. */
    static final int OVERHEAD_BYTES = 64;

    private static final int PIECES = 64;

    static Backlog none(long firstOffset, long endOffset) {
        return new Backlog(firstOffset, endOffset, new long[PIECES], Long.MAX_VALUE);
    }

    boolean isEmpty() {
        return LongStream.of(bytes).sum() == 0;
    }

    int pieces() {
        return bytes.length;
    }

    /** The offset after the last one of a piece. */
    long endOf(int piece) {
        return firstOffset + (long) ((double) (endOffset - firstOffset) * (piece + 1) / pieces());
    }

    void add(PendingMessage message) {
        if (message.offset >= firstOffset && message.offset < endOffset) {
            int piece = (int) ((double) (message.offset - firstOffset) * pieces() / (endOffset - firstOffset));
            bytes[Math.min(piece, pieces() - 1)] += message.valueBytes + OVERHEAD_BYTES;
        }
    }

    Backlog fixed(long offset) {
        return new Backlog(firstOffset, endOffset, bytes, Math.min(fixedFrom, offset));
    }

    /** With what another queue has. */
    Backlog plus(Backlog other) {
        long[] sum = bytes.clone();
        for (int piece = 0; piece < sum.length; piece++) {
            sum[piece] += other.bytes[piece];
        }
        return new Backlog(firstOffset, endOffset, sum, Math.min(fixedFrom, other.fixedFrom));
    }
}
