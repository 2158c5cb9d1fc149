package io.mainstem.protocol.kafka;

import io.mainstem.engine.Bounds;
import io.mainstem.engine.Engine;
import io.mainstem.engine.EngineException;
import io.mainstem.engine.FileSlice;
import io.mainstem.engine.LocalLogs.TimedOffset;
import io.mainstem.engine.LogId;
import io.mainstem.engine.batch.Record;
import io.mainstem.engine.batch.RecordBatch;
import io.mainstem.engine.batch.RecordReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One log of the {@link TestEngine}: batches in memory, and in a file if there is one. */
final class TestLog {

    private final @Nullable FileChannel file;
    private final List<ByteBuffer> batches = new ArrayList<>();
    private final List<Engine.DurableListener> listeners = new CopyOnWriteArrayList<>();
    private long firstOffset;
    private long endOffset;

    TestLog(@Nullable FileChannel file) {
        this.file = file;
    }

    static FileChannel openFile(Path directory, LogId id) throws IOException {
        return FileChannel.open(
                directory.resolve(id.toString()),
                StandardOpenOption.CREATE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE);
    }

    synchronized long append(ByteBuffer bytes) {
        RecordBatch batch = RecordBatch.of(bytes);
        long baseOffset = endOffset;
        batch.place(baseOffset, 0);
        ByteBuffer copy = ByteBuffer.allocate(bytes.remaining()).put(bytes.duplicate());
        batches.add(copy.flip());
        if (file != null) {
            try {
                file.write(copy.duplicate(), file.size());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        endOffset = batch.nextOffset();
        listeners.forEach(listener -> listener.durable(endOffset));
        return baseOffset;
    }

    synchronized Bounds bounds() {
        return new Bounds(firstOffset, endOffset);
    }

    synchronized long sizeInBytes() {
        return batches.stream().mapToLong(ByteBuffer::remaining).sum();
    }

    synchronized void trim(long beforeOffset) {
        firstOffset = beforeOffset;
    }

    Engine.Registration watch(Engine.DurableListener listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    synchronized ByteBuffer read(long fromOffset, int maxBytes) {
        Range range = find(fromOffset, maxBytes);
        ByteBuffer found = ByteBuffer.allocate(range.sizeInBytes);
        range.batches.forEach(batch -> found.put(batch.duplicate()));
        return found.flip().asReadOnlyBuffer();
    }

    synchronized Optional<FileSlice> slice(long fromOffset, int maxBytes, Runnable whenClosed) {
        if (file == null) {
            return Optional.empty();
        }
        Range range = find(fromOffset, maxBytes);
        return Optional.of(new Slice(file, range.position, range.sizeInBytes, whenClosed));
    }

    private record Slice(FileChannel channel, long position, int sizeInBytes, Runnable whenClosed)
            implements FileSlice {
        @Override
        public void close() {
            whenClosed.run();
        }
    }

    private record Range(List<ByteBuffer> batches, long position, int sizeInBytes) {}

    private Range find(long fromOffset, int maxBytes) {
        if (fromOffset < firstOffset || fromOffset > endOffset) {
            throw new EngineException(EngineException.Kind.OFFSET_OUT_OF_RANGE, "offset " + fromOffset);
        }
        List<ByteBuffer> found = new ArrayList<>();
        long position = 0;
        int size = 0;
        for (ByteBuffer batch : batches) {
            int batchSize = batch.remaining();
            if (RecordBatch.of(batch).nextOffset() <= fromOffset) {
                position += batchSize;
            } else if (found.isEmpty() || size + batchSize <= maxBytes) {
                found.add(batch);
                size += batchSize;
            } else {
                break;
            }
        }
        return new Range(found, position, size);
    }

    synchronized Optional<TimedOffset> firstAtOrAfter(long timestampMillis) {
        return records()
                .filter(record -> record.timestampMillis() >= timestampMillis)
                .findFirst()
                .map(record -> new TimedOffset(record.offset(), record.timestampMillis()));
    }

    synchronized Optional<TimedOffset> withMaxTimestamp() {
        return records()
                .map(record -> new TimedOffset(record.offset(), record.timestampMillis()))
                .max(Comparator.comparing(TimedOffset::timestampMillis)
                        .thenComparing(TimedOffset::offset, Comparator.reverseOrder()));
    }

    private Stream<Record> records() {
        List<Record> records = new ArrayList<>();
        for (ByteBuffer batch : batches) {
            RecordReader reader = new RecordReader(RecordBatch.of(batch));
            while (reader.hasNext()) {
                records.add(reader.next());
            }
        }
        return records.stream();
    }

    void close() {
        try {
            if (file != null) {
                file.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
