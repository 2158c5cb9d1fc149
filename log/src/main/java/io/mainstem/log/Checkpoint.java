package io.mainstem.log;

import io.mainstem.log.disk.Disk;
import io.mainstem.log.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * What a clean shutdown leaves in one file, so that the next start opens no other: everything that must be known of a
 * log before somebody reads or writes it.
 *
 * <pre>
 *  file     0         8        12      16
 *          +---------+--------+-------+----------
 *          | magic   | CRC    | log   | logs ...
 *          |         | 12-end | count |
 *          +---------+--------+-------+----------
 *
 *  log      0        2
 *          +--------+-----------+--------+-----------+-------+--------+---------+--------------+-----------
 *          | length | directory | first  | compacted | dirty | next   | segment | segments ... | producers
 *          |        | name      | offset | before    | from  | offset | count   |              |
 *          +--------+-----------+--------+-----------+-------+--------+---------+--------------+-----------
 *                                8        8           8       8        4
 *  segment  0      8      16              24
 *          +------+------+---------------+------------+
 *          | base | size | max timestamp | start time |  32
 *          +------+------+---------------+------------+
 * </pre>
 *
 * Producers are as in a {@link ProducerSnapshot}. All numbers are big-endian, the CRC is a CRC-32C.
 */
final class Checkpoint {

    private static final long MAGIC = 0x4D_53_54_43_48_4B_50_31L; // "MSTCHKP1"
    private static final int CRC = 8;
    private static final int CONTENT = 12;
    private static final int LOG_BYTES = 2 + 4 * Long.BYTES + Integer.BYTES;
    private static final int SEGMENT_BYTES = 4 * Long.BYTES;

    private Checkpoint() {}

    /** One log as it was closed, with its segments by base offset. */
    record ClosedLog(
            String directory,
            Marks marks,
            long nextOffset,
            Map<Long, Segment.Extent> segments,
            Map<Long, Producer> producers) {

        private int sizeInBytes() {
            return LOG_BYTES
                    + directory.length()
                    + SEGMENT_BYTES * segments.size()
                    + ProducerSnapshot.sizeInBytes(producers);
        }
    }

    /** Everything that it speaks of must be durable already. */
    static void write(Disk disk, Collection<ClosedLog> logs) throws IOException {
        int size = CONTENT
                + Integer.BYTES
                + logs.stream().mapToInt(ClosedLog::sizeInBytes).sum();
        ByteBuffer bytes = ByteBuffer.allocate(size);
        bytes.putLong(MAGIC).position(CONTENT).putInt(logs.size());
        logs.forEach(log -> put(log, bytes));
        bytes.flip().putInt(CRC, crc(bytes));
        try (DiskFile file = disk.create(Layout.CLEAN_MARKER)) {
            file.write(bytes, 0);
            file.sync();
        }
        disk.syncDirectory(Layout.ROOT);
    }

    /** The logs by directory; empty when there was no clean shutdown, or nobody can tell what it left. */
    static Optional<Map<String, ClosedLog>> read(Disk disk) throws IOException {
        if (!disk.list(Layout.ROOT).contains(Layout.CLEAN_MARKER)) {
            return Optional.empty();
        }
        try (DiskFile file = disk.open(Layout.CLEAN_MARKER)) {
            ByteBuffer bytes = ByteBuffer.allocate((int) file.sizeInBytes());
            file.read(bytes, 0);
            bytes.flip();
            boolean isSound = bytes.limit() >= CONTENT + Integer.BYTES
                    && bytes.getLong(0) == MAGIC
                    && bytes.getInt(CRC) == crc(bytes);
            return isSound ? Optional.of(getAll(bytes.position(CONTENT))) : Optional.empty();
        }
    }

    private static void put(ClosedLog log, ByteBuffer to) {
        to.putShort((short) log.directory().length());
        to.put(log.directory().getBytes(StandardCharsets.US_ASCII));
        to.putLong(log.marks().firstOffset())
                .putLong(log.marks().compactedBefore())
                .putLong(log.marks().dirtyFrom());
        to.putLong(log.nextOffset()).putInt(log.segments().size());
        log.segments()
                .forEach((base, extent) -> to.putLong(base)
                        .putLong(extent.sizeInBytes())
                        .putLong(extent.maxTimestampMillis())
                        .putLong(extent.startMillis()));
        ProducerSnapshot.put(log.producers(), to);
    }

    private static Map<String, ClosedLog> getAll(ByteBuffer from) {
        int count = from.getInt();
        List<ClosedLog> logs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            logs.add(get(from));
        }
        Map<String, ClosedLog> byDirectory = new LinkedHashMap<>();
        logs.forEach(log -> byDirectory.put(log.directory(), log));
        return byDirectory;
    }

    private static ClosedLog get(ByteBuffer from) {
        byte[] directory = new byte[from.getShort()];
        from.get(directory);
        Marks marks = new Marks(from.getLong(), from.getLong(), from.getLong());
        long nextOffset = from.getLong();
        int segmentCount = from.getInt();
        Map<Long, Segment.Extent> segments = new LinkedHashMap<>();
        for (int i = 0; i < segmentCount; i++) {
            segments.put(from.getLong(), new Segment.Extent(from.getLong(), from.getLong(), from.getLong()));
        }
        return new ClosedLog(
                new String(directory, StandardCharsets.US_ASCII),
                marks,
                nextOffset,
                segments,
                ProducerSnapshot.get(from));
    }

    private static int crc(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.duplicate().position(CONTENT));
        return (int) crc.getValue();
    }
}
