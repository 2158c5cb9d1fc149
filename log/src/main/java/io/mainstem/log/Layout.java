package io.mainstem.log;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What stands where in a data directory:
 *
 * <pre>
 *  format                        version of all this
 *  lock                          held while it is open; process id of the holder
 *  clean                         there after a clean shutdown, until the next start
 *  journal/[number].journal
 *  logs/[directory of a log]/
 *    [base].log                  a segment: batches from this offset on
 *    [base].index                where some of its batches begin, as Kafka writes it
 *    [base].timeindex            which timestamps it has reached where, as Kafka writes it
 *    [offset].snapshot           the idempotent producers before this offset
 *    [offset].first              empty: the log begins at this offset; the highest counts
 *    [offset].compacted          empty: segments before this offset may have been compacted; the highest counts
 *    [offset].dirty              empty: everything before this offset has been compacted; the highest counts
 *    [base].cleaned              what compaction has not finished
 *    [base]-[end].swap           what compaction has finished, to take the place of all segments from base to end
 * </pre>
 *
 * Offsets have 20 digits. The empty ones say by their names what must be true after a crash: a file is there or it is
 * not, and no name can be torn. Segments before a compacted mark are durable, have offsets missing, and are not what
 * the journal knows by their names. A start puts a swap in its place before anything else. Segments before the first
 * offset stay until a snapshot knows what they alone tell of their producers.
 */
final class Layout {

    static final String ROOT = "";
    static final String CLEAN_MARKER = "clean";
    static final String JOURNAL = "journal";
    static final String LOGS = "logs";

    static final String SEGMENT = ".log";
    static final String INDEX = ".index";
    static final String TIME_INDEX = ".timeindex";
    static final String SNAPSHOT = ".snapshot";
    static final String FIRST = ".first";
    static final String COMPACTED = ".compacted";
    static final String DIRTY = ".dirty";
    static final String CLEANED = ".cleaned";

    private static final String SWAP = ".swap";
    private static final String JOURNAL_SUFFIX = ".journal";
    private static final int OFFSET_DIGITS = 20;
    private static final Pattern SWAP_NAME = Pattern.compile("(\\d{20})-(\\d{20})\\.swap");

    private Layout() {}

    /** A compacted segment that waits to replace those whose base is in a range. */
    record Swap(long base, long end) {}

    static String journalFile(int number) {
        return JOURNAL + "/" + number + JOURNAL_SUFFIX;
    }

    static String logDirectory(String directory) {
        return LOGS + "/" + directory;
    }

    /** A file of a log that is named by an offset and one of the suffixes. */
    static String file(String directory, long offset, String suffix) {
        return logDirectory(directory) + "/" + digits(offset) + suffix;
    }

    static String segment(String directory, long baseOffset) {
        return file(directory, baseOffset, SEGMENT);
    }

    static String swap(String directory, Swap swap) {
        return logDirectory(directory) + "/" + digits(swap.base()) + "-" + digits(swap.end()) + SWAP;
    }

    /** The offset in a file's name; empty when the name does not end with the suffix. */
    static Optional<Long> offsetOf(String fileName, String suffix) {
        boolean matches = fileName.length() == OFFSET_DIGITS + suffix.length()
                && fileName.endsWith(suffix)
                && fileName.chars().limit(OFFSET_DIGITS).allMatch(digit -> digit >= '0' && digit <= '9');
        return matches ? Optional.of(Long.parseLong(fileName, 0, OFFSET_DIGITS, 10)) : Optional.empty();
    }

    static Optional<Swap> swapOf(String fileName) {
        Matcher name = SWAP_NAME.matcher(fileName);
        return name.matches()
                ? Optional.of(new Swap(Long.parseLong(name.group(1)), Long.parseLong(name.group(2))))
                : Optional.empty();
    }

    private static String digits(long offset) {
        String digits = Long.toString(offset);
        return "0".repeat(OFFSET_DIGITS - digits.length()) + digits;
    }
}
