package io.mainstem.broker;

import io.mainstem.engine.batch.Varint;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Messages of one priority in the order in which they joined their queue; only the first one leaves. A message takes
 * two to five bytes, so that a backlog of millions fits into memory. Not safe for use by several threads.
 *
 * <p>The bytes stand in chunks, which are stored in snapshots as they are. An entry of a chunk is, in varints:
 *
 * <pre>
 *   (offset - offset of the entry before) * 4 + flags
 *   number of the source           if flag 1: it is another than that of the entry before
 *   bytes of the value
 *   expiry - expiry of the last entry that had one   if flag 2: it has one
 * </pre>
 *
 * Before the first entry of a chunk all of these are 0.
 */
final class Lane {

    /** Between two messages there is room for the positions of so many that stand outside the lane. */
    static final long POSITION_STEP = 1 << 20;

    private static final int MOST_LOOKED_AT = 100_000;
    private static final int ANOTHER_SOURCE = 1;
    private static final int EXPIRES = 2;
    private static final int FLAG_BITS = 2;
    private static final int FIRST_CHUNK_BYTES = 32;
    private static final int CHUNK_BYTES = 4 << 10;
    private static final int MOST_ENTRY_BYTES = 40;

    /**
     * A run of entries that does not change any more.
     *
     * @param firstPosition of the first message; NOWHERE if that follows the last one of the chunk before
     */
    record Chunk(int priority, long firstPosition, ByteBuffer entries) {

        /** Visits the messages in order; they have no position. */
        void forEach(Consumer<PendingMessage> visitor) {
            Entries reader = new Entries();
            ByteBuffer bytes = entries.duplicate();
            while (bytes.hasRemaining()) {
                visitor.accept(reader.read(bytes, priority));
            }
        }
    }

    /** What an entry's differences refer to. */
    private static final class Entries {
        int source;
        long offset;
        long expiry;

        PendingMessage read(ByteBuffer in, int priority) {
            long head = Varint.readLong(in);
            offset += head >> FLAG_BITS;
            if ((head & ANOTHER_SOURCE) != 0) {
                source = Varint.readInt(in);
            }
            int valueBytes = Varint.readInt(in);
            long expiresAtMillis = PendingMessage.NEVER;
            if ((head & EXPIRES) != 0) {
                expiry += Varint.readLong(in);
                expiresAtMillis = expiry;
            }
            return new PendingMessage(source, offset, valueBytes, priority, expiresAtMillis);
        }

        void write(PendingMessage message, ByteBuffer out) {
            boolean expires = message.expiresAtMillis != PendingMessage.NEVER;
            int flags = (message.source == source ? 0 : ANOTHER_SOURCE) | (expires ? EXPIRES : 0);
            Varint.writeLong(((message.offset - offset) << FLAG_BITS) | flags, out);
            offset = message.offset;
            if (message.source != source) {
                source = message.source;
                Varint.writeInt(source, out);
            }
            Varint.writeInt(message.valueBytes, out);
            if (expires) {
                Varint.writeLong(message.expiresAtMillis - expiry, out);
                expiry = message.expiresAtMillis;
            }
        }
    }

    private final int priority;

    /** Each is written from 0 to its position. */
    private final ArrayDeque<ByteBuffer> chunks = new ArrayDeque<>();

    private Entries written = new Entries();
    private Entries read = new Entries();

    /** Where the first message starts in the first chunk. */
    private int readIndex;

    private long firstPosition;
    private long lastPositionBehind;
    private long count;
    private long bytes;

    /** @param firstPosition the position of the first message that is added */
    Lane(int priority, long firstPosition) {
        this.priority = priority;
        this.firstPosition = firstPosition;
    }

    boolean isEmpty() {
        return count == 0;
    }

    long count() {
        return count;
    }

    /** Of all values together. */
    long bytes() {
        return bytes;
    }

    /** The position that the first message has or will have; all that have left stand before it. */
    long firstPosition() {
        return firstPosition;
    }

    /** The position that the next message gets that is added. */
    long endPosition() {
        return firstPosition + count * POSITION_STEP;
    }

    /** A position behind all messages, and behind those that this gave out before, but before the next one added. */
    long positionBehind() {
        lastPositionBehind =
                Math.min(Math.max(lastPositionBehind + 1, endPosition() - POSITION_STEP + 1), endPosition() - 1);
        return lastPositionBehind;
    }

    /** Adds a copy of a message behind all others. */
    void add(PendingMessage message) {
        roomForOne();
        written.write(message, chunks.getLast());
        count++;
        bytes += message.valueBytes;
    }

    /** Takes the first message out. There must be one. */
    PendingMessage takeFirst() {
        ByteBuffer chunk = chunks.getFirst();
        ByteBuffer rest = chunk.duplicate().flip().position(readIndex);
        PendingMessage first = read.read(rest, priority);
        readIndex = rest.position();
        if (readIndex == chunk.position()) {
            chunks.removeFirst();
            read = new Entries();
            readIndex = 0;
            if (chunks.isEmpty()) {
                written = new Entries();
            }
        }
        first.position = firstPosition;
        firstPosition += POSITION_STEP;
        count--;
        bytes -= first.valueBytes;
        return first;
    }

    /** Visits copies of the messages in order, with their positions. */
    void forEach(Consumer<PendingMessage> visitor) {
        forEachWhile(message -> {
            visitor.accept(message);
            return true;
        });
    }

    /** Visits a copy of the first message of each source; false when it has looked at too many to go on. */
    boolean visitFirstOfEach(int sources, Consumer<PendingMessage> visitor) {
        BitSet seen = new BitSet(sources);
        long[] looked = {0};
        forEachWhile(message -> {
            if (!seen.get(message.source)) {
                seen.set(message.source);
                visitor.accept(message);
            }
            return seen.cardinality() < sources && ++looked[0] < MOST_LOOKED_AT;
        });
        return looked[0] < MOST_LOOKED_AT;
    }

    /** Visits copies in order until the visitor has had enough; says whether it has seen all. */
    boolean forEachWhile(Predicate<PendingMessage> visitor) {
        Entries reader = copyOfRead();
        long position = firstPosition;
        int from = readIndex;
        for (ByteBuffer chunk : chunks) {
            ByteBuffer rest = chunk.duplicate().flip().position(from);
            while (rest.hasRemaining()) {
                PendingMessage message = reader.read(rest, priority);
                message.position = position;
                position += POSITION_STEP;
                if (!visitor.test(message)) {
                    return false;
                }
            }
            reader = new Entries();
            from = 0;
        }
        return true;
    }

    /** Takes out all that fit, which costs a look at every message. */
    List<PendingMessage> removeIf(Predicate<PendingMessage> fits) {
        List<PendingMessage> removed = new ArrayList<>();
        Lane kept = new Lane(priority, firstPosition);
        forEach(message -> {
            if (fits.test(message)) {
                removed.add(message);
            } else {
                kept.add(message);
            }
        });
        if (!removed.isEmpty()) {
            become(kept);
        }
        return removed;
    }

    /** Puts other messages in the places of those that have one; costs a look at every message. */
    void replace(Function<PendingMessage, @Nullable PendingMessage> other) {
        Lane replaced = new Lane(priority, firstPosition);
        forEach(message -> {
            PendingMessage substitute = other.apply(message);
            replaced.add(substitute == null ? message : substitute);
        });
        become(replaced);
    }

    /** All messages as they are now. */
    List<Chunk> snapshot() {
        List<Chunk> snapshot = new ArrayList<>();
        long position = firstPosition;
        for (ByteBuffer chunk : chunks) {
            // what is added later stands behind the limit
            ByteBuffer entries = snapshot.isEmpty() && readIndex > 0
                    ? restOfFirst()
                    : chunk.duplicate().flip();
            snapshot.add(new Chunk(priority, position, entries));
            position = PendingMessage.NOWHERE;
        }
        return snapshot;
    }

    /** What is left of the first chunk, as a chunk. */
    private ByteBuffer restOfFirst() {
        Entries reader = copyOfRead();
        Entries writer = new Entries();
        ByteBuffer rest = chunks.getFirst().duplicate().flip().position(readIndex);
        ByteBuffer entries = ByteBuffer.allocate(rest.remaining() + MOST_ENTRY_BYTES);
        while (rest.hasRemaining()) {
            writer.write(reader.read(rest, priority), entries);
        }
        return entries.flip();
    }

    private Entries copyOfRead() {
        Entries copy = new Entries();
        copy.source = read.source;
        copy.offset = read.offset;
        copy.expiry = read.expiry;
        return copy;
    }

    private void become(Lane other) {
        chunks.clear();
        chunks.addAll(other.chunks);
        written = other.written;
        read = other.read;
        readIndex = other.readIndex;
        count = other.count;
        bytes = other.bytes;
    }

    private void roomForOne() {
        ByteBuffer last = chunks.peekLast();
        if (last != null && last.remaining() >= MOST_ENTRY_BYTES) {
            return;
        }
        if (last != null && last.capacity() < CHUNK_BYTES) {
            // few queues are deep, so a chunk begins small
            chunks.removeLast();
            int larger = Math.min(CHUNK_BYTES, Math.max(2 * MOST_ENTRY_BYTES, 2 * last.capacity()));
            chunks.addLast(ByteBuffer.allocate(larger).put(last.duplicate().flip()));
        } else {
            written = new Entries();
            chunks.addLast(ByteBuffer.allocate(last == null ? FIRST_CHUNK_BYTES + MOST_ENTRY_BYTES : CHUNK_BYTES));
        }
    }
}
