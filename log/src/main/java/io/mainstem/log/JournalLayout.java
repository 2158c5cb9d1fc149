package io.mainstem.log;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * The bytes of a journal file: a header, alone in the first sector, then one commit after the other.
 *
 * <pre>
 *  header   0         8            16               24
 *          +---------+------------+----------------+-------+
 *          | magic   | generation | oldest needed  | CRC   |
 *          |         |            | generation     | 0-23  |
 *          +---------+------------+----------------+-------+
 *
 *  commit   0        4       8            16         24
 *          +--------+-------+------------+----------+-----------
 *          | length | CRC   | generation | position | entries ...
 *          |        | 8-end |            | in file  |
 *          +--------+-------+------------+----------+-----------
 *
 *  define   0     1        5        7
 *          +-----+--------+--------+----------------
 *          | 1   | log    | length | directory name   names a log number for the rest of the file
 *          |     | number |        |
 *          +-----+--------+--------+----------------
 *
 *  append   0     1        5          13         21       25
 *          +-----+--------+----------+----------+--------+--------
 *          | 2   | log    | base of  | position | length | batches
 *          |     | number | segment  | in file  |        |
 *          +-----+--------+----------+----------+--------+--------
 * </pre>
 *
 * All numbers are big-endian, every CRC is a CRC-32C. A file is used again for another generation without being wiped:
 * what an earlier generation left behind is told apart by the generation, and what once stood elsewhere in the file by
 * the position.
 */
final class JournalLayout {

    static final long MAGIC = 0x4D_53_54_4A_52_4E_4C_31L; // "MSTJRNL1"

    static final int HEADER_GENERATION = 8;
    static final int HEADER_OLDEST_NEEDED = 16;
    static final int HEADER_CRC = 24;
    static final int HEADER_USED_BYTES = 28;
    static final int HEADER_BYTES = 512;

    static final int COMMIT_LENGTH = 0;
    static final int COMMIT_CRC = 4;
    static final int COMMIT_GENERATION = 8;
    static final int COMMIT_POSITION = 16;
    static final int COMMIT_HEADER_BYTES = 24;

    static final byte DEFINE = 1;
    static final byte APPEND = 2;
    static final int DEFINE_HEADER_BYTES = 7;
    static final int APPEND_HEADER_BYTES = 25;

    /** What an append may cost beside its batch. */
    static final int ENTRY_OVERHEAD_BYTES = DEFINE_HEADER_BYTES + DirectoryName.LONGEST + APPEND_HEADER_BYTES;

    private JournalLayout() {}

    /** What a journal file must hold to take any commit within these limits. */
    static int largestCommitBytes(int maxBatchBytes, int commitBytes) {
        return HEADER_BYTES + COMMIT_HEADER_BYTES + Math.max(maxBatchBytes + ENTRY_OVERHEAD_BYTES, commitBytes);
    }

    static ByteBuffer header(long generation, long oldestNeeded) {
        ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
        header.putLong(0, MAGIC);
        header.putLong(HEADER_GENERATION, generation);
        header.putLong(HEADER_OLDEST_NEEDED, oldestNeeded);
        return header.putInt(HEADER_CRC, crc(header, 0, HEADER_CRC));
    }

    static boolean isHeader(ByteBuffer bytes) {
        return bytes.limit() >= HEADER_BYTES
                && bytes.getLong(0) == MAGIC
                && bytes.getInt(HEADER_CRC) == crc(bytes, 0, HEADER_CRC);
    }

    static void putDefine(ByteBuffer to, int logNumber, String directory) {
        byte[] name = directory.getBytes(StandardCharsets.US_ASCII);
        to.put(DEFINE).putInt(logNumber).putShort((short) name.length).put(name);
    }

    static void putAppend(ByteBuffer to, int logNumber, long segmentBase, long position, int length) {
        to.put(APPEND).putInt(logNumber).putLong(segmentBase).putLong(position).putInt(length);
    }

    /** Completes the header of a commit that fills the buffer up to its position. */
    static void sealCommit(ByteBuffer commit, long generation, long position) {
        int length = commit.position();
        commit.putInt(COMMIT_LENGTH, length);
        commit.putLong(COMMIT_GENERATION, generation);
        commit.putLong(COMMIT_POSITION, position);
        commit.putInt(COMMIT_CRC, crc(commit, COMMIT_GENERATION, length));
    }

    /** Whether all of a commit, from byte 0 to the buffer's limit, is as it was written. */
    static boolean isIntact(ByteBuffer commit) {
        return commit.getInt(COMMIT_CRC) == crc(commit, COMMIT_GENERATION, commit.limit());
    }

    private static int crc(ByteBuffer bytes, int from, int to) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.duplicate().limit(to).position(from));
        return (int) crc.getValue();
    }
}
