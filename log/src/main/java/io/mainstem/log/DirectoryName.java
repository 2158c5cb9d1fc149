package io.mainstem.log;

import io.mainstem.engine.LogId;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * The directory of a log: its escaped name, then {@code -partition.incarnation}. Letters, digits and {@code . _ -}
 * stand for themselves, any other byte of the UTF-8 name is {@code %XX}. What would be too long for a file system is
 * cut and told apart by a hash behind {@code ~}.
 */
final class DirectoryName {

    /** Of a whole directory name. */
    static final int LONGEST = 200;

    /** What a deleted log's directory ends with until it is gone; no name of a log does. */
    static final String DELETED_SUFFIX = ".deleted";

    private static final Pattern ONE = Pattern.compile(".+-\\d+\\.\\d+");
    private static final int LONGEST_ESCAPED = 160;
    private static final int HASH_BYTES = 16;

    private DirectoryName() {}

    static String of(LogId log) {
        return escape(log.name()) + "-" + log.partition() + "." + log.incarnation();
    }

    /** Whether something of this name may be a log's, and not what an editor or an operating system has left. */
    static boolean isOne(String name) {
        return ONE.matcher(name).matches();
    }

    private static String escape(String name) {
        StringBuilder escaped = new StringBuilder();
        for (byte unit : name.getBytes(StandardCharsets.UTF_8)) {
            char character = (char) (unit & 0xFF);
            if (isKept(character)) {
                escaped.append(character);
            } else {
                escaped.append('%').append(HexFormat.of().withUpperCase().toHexDigits(unit));
            }
        }
        if (escaped.length() <= LONGEST_ESCAPED) {
            return escaped.toString();
        }
        int kept = LONGEST_ESCAPED - 1 - 2 * HASH_BYTES;
        return escaped.substring(0, kept) + "~" + hash(name);
    }

    private static boolean isKept(char character) {
        return (character >= 'a' && character <= 'z')
                || (character >= 'A' && character <= 'Z')
                || (character >= '0' && character <= '9')
                || character == '.'
                || character == '_'
                || character == '-';
    }

    private static String hash(String name) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, HASH_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }
}
