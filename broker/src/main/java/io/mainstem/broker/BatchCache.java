package io.mainstem.broker;

import io.mainstem.engine.LogId;
import io.mainstem.engine.batch.RecordBatch;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The batches that were read last, so that what the router has just read is not read again for each queue. Bounded in
 * bytes, first in first out. Used by all event loops.
 */
final class BatchCache {

    private record Entry(LogId log, long baseOffset) {}

    private final long limitBytes;
    private final Map<LogId, TreeMap<Long, ByteBuffer>> chunksByLog = new HashMap<>();
    private final ArrayDeque<Entry> order = new ArrayDeque<>();
    private long sizeInBytes;

    BatchCache(long limitBytes) {
        this.limitBytes = limitBytes;
    }

    /** Keeps a run of whole batches as one read returned it. */
    synchronized void put(LogId log, ByteBuffer batches) {
        long baseOffset = RecordBatch.of(batches).baseOffset();
        TreeMap<Long, ByteBuffer> chunks = chunksByLog.computeIfAbsent(log, absent -> new TreeMap<>());
        ByteBuffer previous = chunks.put(baseOffset, batches);
        sizeInBytes += batches.remaining();
        if (previous == null) {
            order.add(new Entry(log, baseOffset));
        } else {
            sizeInBytes -= previous.remaining();
        }
        while (sizeInBytes > limitBytes && order.size() > 1) {
            evict(order.remove());
        }
    }

    /** The batch that holds the offset, if it is here. */
    synchronized @Nullable RecordBatch find(LogId log, long offset) {
        TreeMap<Long, ByteBuffer> chunks = chunksByLog.get(log);
        Map.Entry<Long, ByteBuffer> chunk = chunks == null ? null : chunks.floorEntry(offset);
        return chunk == null ? null : find(chunk.getValue(), offset);
    }

    /** The batch among these that holds the offset. */
    static @Nullable RecordBatch find(ByteBuffer batches, long offset) {
        int position = batches.position();
        while (position < batches.limit()) {
            RecordBatch batch = RecordBatch.at(batches, position);
            if (batch.lastOffset() >= offset) {
                return batch.baseOffset() <= offset ? batch : null;
            }
            position = batch.end();
        }
        return null;
    }

    private void evict(Entry entry) {
        TreeMap<Long, ByteBuffer> chunks = chunksByLog.get(entry.log());
        if (chunks != null) {
            ByteBuffer removed = chunks.remove(entry.baseOffset());
            sizeInBytes -= removed == null ? 0 : removed.remaining();
            if (chunks.isEmpty()) {
                chunksByLog.remove(entry.log());
            }
        }
    }
}
