package io.mainstem.log;

import java.util.Optional;

/**
 * What stands where in a data directory:
 *
 * <pre>
 *  format                                 version of all this
 *  lock                                   held while it is open; process id of the holder
 *  clean                                  there after a clean shutdown, until the next start
 *  journal/[number].journal
 *  logs/[directory of a log]/[base offset, 20 digits].log
 * </pre>
 */
final class Layout {

    static final String ROOT = "";
    static final String CLEAN_MARKER = "clean";
    static final String JOURNAL = "journal";
    static final String LOGS = "logs";

    private static final String JOURNAL_SUFFIX = ".journal";
    private static final String SEGMENT_SUFFIX = ".log";
    private static final int OFFSET_DIGITS = 20;

    private Layout() {}

    static String journalFile(int number) {
        return JOURNAL + "/" + number + JOURNAL_SUFFIX;
    }

    static String logDirectory(String directory) {
        return LOGS + "/" + directory;
    }

    static String segment(String directory, long baseOffset) {
        String digits = Long.toString(baseOffset);
        return logDirectory(directory) + "/" + "0".repeat(OFFSET_DIGITS - digits.length()) + digits + SEGMENT_SUFFIX;
    }

    /** The base offset that a file name stands for; empty when it is no segment's. */
    static Optional<Long> segmentBase(String fileName) {
        if (!fileName.matches("\\d{" + OFFSET_DIGITS + "}\\" + SEGMENT_SUFFIX)) {
            return Optional.empty();
        }
        return Optional.of(Long.parseLong(fileName, 0, OFFSET_DIGITS, 10));
    }
}
