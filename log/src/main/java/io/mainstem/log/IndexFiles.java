package io.mainstem.log;

import io.mainstem.engine.batch.RecordBatch;
import io.mainstem.log.disk.Disk;
import io.mainstem.log.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The index of a segment as files. What is missing there, cut off or cannot be right is found in the segment itself: an
 * index is never more than a shortcut.
 */
final class IndexFiles {

    private final Disk disk;

    IndexFiles(Disk disk) {
        this.disk = disk;
    }

    /** The index of a segment up to a position. */
    SegmentIndex load(Segment segment, long limit) throws IOException {
        Optional<SegmentIndex> stored = read(segment);
        if (stored.isPresent() && complete(stored.get(), segment, limit)) {
            return stored.get();
        }
        return rebuild(segment, limit);
    }

    SegmentIndex rebuild(Segment segment, long limit) throws IOException {
        SegmentIndex index = new SegmentIndex(segment.baseOffset());
        if (!complete(index, segment, limit)) {
            throw new IOException(segment.path() + " has something else than batches before byte " + limit);
        }
        return index;
    }

    /** Makes an index durable. The time index comes first: who finds the other one complete may rely on it. */
    void write(Segment segment, SegmentIndex index) throws IOException {
        write(segment.path(Layout.TIME_INDEX), index.timeBytes());
        write(segment.path(Layout.INDEX), index.placeBytes());
    }

    /** The largest timestamp, from the ends of complete index files; empty when they are not. */
    OptionalLong maxTimestampMillis(Segment segment, long sizeInBytes) throws IOException {
        ByteBuffer place = last(segment.path(Layout.INDEX), SegmentIndex.PLACE_BYTES);
        ByteBuffer time = last(segment.path(Layout.TIME_INDEX), SegmentIndex.TIME_BYTES);
        Optional<SegmentIndex> end = SegmentIndex.of(segment.baseOffset(), place, time.duplicate());
        int placeCount = place.limit() / SegmentIndex.PLACE_BYTES;
        boolean isComplete = end.isPresent()
                && complete(end.get(), segment, sizeInBytes)
                && end.get().placeCount() == placeCount;
        return isComplete ? OptionalLong.of(end.get().maxTimestampMillis()) : OptionalLong.empty();
    }

    /** Where the last batch begins that the offset index knows; 0 when there is none. */
    long lastPosition(Segment segment) throws IOException {
        ByteBuffer place = last(segment.path(Layout.INDEX), SegmentIndex.PLACE_BYTES);
        return place.hasRemaining() ? place.getInt(Integer.BYTES) : 0;
    }

    private Optional<SegmentIndex> read(Segment segment) {
        try {
            return SegmentIndex.of(
                    segment.baseOffset(), read(segment.path(Layout.INDEX)), read(segment.path(Layout.TIME_INDEX)));
        } catch (IOException e) {
            return Optional.empty(); // not there, most likely
        }
    }

    /** Adds what follows the last entry; false when that is no batch of the segment, or what follows are none. */
    private static boolean complete(SegmentIndex index, Segment segment, long limit) throws IOException {
        HeaderCursor headers = new HeaderCursor(segment.file(), index.lastPosition(), limit);
        if (index.placeCount() > 0) {
            if (!headers.next() || headers.batch().lastOffset() != index.lastOffset()) {
                return false;
            }
            index.observe(headers.batch());
        }
        while (headers.next()) {
            RecordBatch batch = headers.batch();
            index.add(batch, headers.position());
        }
        return headers.end() == limit;
    }

    private ByteBuffer read(String path) throws IOException {
        try (DiskFile file = disk.open(path)) {
            ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(Integer.MAX_VALUE, file.sizeInBytes()));
            file.read(bytes, 0);
            return bytes.flip();
        }
    }

    private ByteBuffer last(String path, int entryBytes) throws IOException {
        try (DiskFile file = disk.open(path)) {
            long count = file.sizeInBytes() / entryBytes;
            ByteBuffer bytes = ByteBuffer.allocate(count == 0 ? 0 : entryBytes);
            file.read(bytes, (count - 1) * entryBytes);
            return bytes.flip();
        }
    }

    private void write(String path, ByteBuffer bytes) throws IOException {
        try (DiskFile file = disk.create(path)) {
            file.truncate(0);
            file.write(bytes, 0);
            file.sync();
        }
    }
}
