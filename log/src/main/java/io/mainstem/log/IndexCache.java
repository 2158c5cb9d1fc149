package io.mainstem.log;

import java.io.IOException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The indexes of segments that are not written any more, as far as somebody has read there lately. Any thread may ask;
 * two that need the same at once both load it.
 */
final class IndexCache {

    /** A segment of 128 MiB with small batches has an index of 0.8 MiB. */
    private static final int LIMIT_BYTES = 32 << 20;

    private final IndexFiles files;
    private final Map<Segment, SegmentIndex> indexes = new LinkedHashMap<>(16, 0.75f, true);
    private long sizeInBytes;

    IndexCache(IndexFiles files) {
        this.files = files;
    }

    SegmentIndex get(Segment segment) throws IOException {
        long limit = segment.readableBytes();
        SegmentIndex known = find(segment);
        if (known != null && known.coveredBytes() >= limit) {
            return known;
        }
        SegmentIndex loaded = files.load(segment, limit);
        put(segment, loaded);
        return loaded;
    }

    /** Instead of one that has turned out to be wrong. */
    SegmentIndex rebuild(Segment segment) throws IOException {
        SegmentIndex rebuilt = files.rebuild(segment, segment.readableBytes());
        put(segment, rebuilt);
        return rebuilt;
    }

    synchronized void remove(Segment segment) {
        SegmentIndex removed = indexes.remove(segment);
        if (removed != null) {
            sizeInBytes -= removed.sizeInBytes();
        }
    }

    private synchronized @Nullable SegmentIndex find(Segment segment) {
        return indexes.get(segment);
    }

    private synchronized void put(Segment segment, SegmentIndex index) {
        remove(segment);
        indexes.put(segment, index);
        sizeInBytes += index.sizeInBytes();
        Iterator<SegmentIndex> oldest = indexes.values().iterator();
        while (sizeInBytes > LIMIT_BYTES && indexes.size() > 1) {
            sizeInBytes -= oldest.next().sizeInBytes();
            oldest.remove();
        }
    }
}
