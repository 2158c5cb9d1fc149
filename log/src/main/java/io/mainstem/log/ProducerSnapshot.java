package io.mainstem.log;

import io.mainstem.log.Producer.Sent;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * The bytes of the file that remembers the idempotent producers of a log before some offset.
 *
 * <pre>
 *  header     0         8        12
 *            +---------+--------+--------------
 *            | magic   | CRC    | producers ...
 *            |         | 12-end |
 *            +---------+--------+--------------
 *
 *  producers  0       4
 *            +-------+------------------------------------
 *            | count | producers, longest silent first ...
 *            +-------+------------------------------------
 *
 *  producer   0      8       10         11       12               20
 *            +------+-------+----------+--------+----------------+-------------
 *            | id   | epoch | has for- | batch  | last timestamp | batches ...
 *            |      |       | gotten   | count  |                |
 *            +------+-------+----------+--------+----------------+-------------
 *
 *  batch      0               4               8
 *            +---------------+---------------+-------------+
 *            | base sequence | last sequence | base offset |  16
 *            +---------------+---------------+-------------+
 * </pre>
 *
 * All numbers are big-endian, the CRC is a CRC-32C.
 */
final class ProducerSnapshot {

    private static final long MAGIC = 0x4D_53_54_50_52_4F_44_31L; // "MSTPROD1"
    private static final int CRC = 8;
    private static final int HEADER_BYTES = 12;
    private static final int PRODUCER_BYTES = 20;
    private static final int BATCH_BYTES = 16;

    private ProducerSnapshot() {}

    static ByteBuffer encode(Map<Long, Producer> producers) {
        ByteBuffer bytes = ByteBuffer.allocate(HEADER_BYTES + sizeInBytes(producers));
        bytes.putLong(MAGIC).position(HEADER_BYTES);
        put(producers, bytes);
        return bytes.flip().putInt(CRC, crc(bytes));
    }

    /** Empty when the bytes are not what was written. */
    static Optional<Map<Long, Producer>> decode(ByteBuffer bytes) {
        if (bytes.limit() < HEADER_BYTES + Integer.BYTES
                || bytes.getLong(0) != MAGIC
                || bytes.getInt(CRC) != crc(bytes)) {
            return Optional.empty();
        }
        return Optional.of(get(bytes.position(HEADER_BYTES)));
    }

    static int sizeInBytes(Map<Long, Producer> producers) {
        int size = Integer.BYTES;
        for (Producer producer : producers.values()) {
            size += PRODUCER_BYTES + BATCH_BYTES * producer.lastBatches().size();
        }
        return size;
    }

    static void put(Map<Long, Producer> producers, ByteBuffer to) {
        to.putInt(producers.size());
        producers.forEach((id, producer) -> {
            to.putLong(id).putShort(producer.epoch());
            to.put((byte) (producer.hasForgotten() ? 1 : 0));
            to.put((byte) producer.lastBatches().size()).putLong(producer.lastTimestampMillis());
            for (Sent sent : producer.lastBatches()) {
                to.putInt(sent.baseSequence()).putInt(sent.lastSequence()).putLong(sent.baseOffset());
            }
        });
    }

    static Map<Long, Producer> get(ByteBuffer from) {
        Map<Long, Producer> producers = new LinkedHashMap<>();
        int count = from.getInt();
        for (int i = 0; i < count; i++) {
            long id = from.getLong();
            short epoch = from.getShort();
            boolean hasForgotten = from.get() != 0;
            int batchCount = from.get();
            long lastTimestampMillis = from.getLong();
            List<Sent> batches = new ArrayList<>();
            for (int j = 0; j < batchCount; j++) {
                batches.add(new Sent(from.getInt(), from.getInt(), from.getLong()));
            }
            producers.put(id, new Producer(epoch, List.copyOf(batches), hasForgotten, lastTimestampMillis));
        }
        return producers;
    }

    private static int crc(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.duplicate().position(HEADER_BYTES));
        return (int) crc.getValue();
    }
}
