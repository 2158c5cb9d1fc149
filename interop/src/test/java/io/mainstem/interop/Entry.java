package io.mainstem.interop;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;

/**
 * A record as clients see it. Key and value are the bytes, each as the character of the same number (ISO 8859-1), so
 * that two are equal only if they are byte for byte.
 */
record Entry(String key, String value) {

    static Entry of(byte[] key, byte[] value) {
        return new Entry(new String(key, StandardCharsets.ISO_8859_1), new String(value, StandardCharsets.ISO_8859_1));
    }

    byte[] keyBytes() {
        return key.getBytes(StandardCharsets.ISO_8859_1);
    }

    byte[] valueBytes() {
        return value.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** What programs in other languages print instead of the bytes: SHA-256 of the key, a zero and the value. */
    String digest() {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            sha256.update(keyBytes());
            sha256.update((byte) 0);
            return HexFormat.of().formatHex(sha256.digest(valueBytes()));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What programs in other languages read: key and value in base64, in a line. */
    byte[] base64Line() {
        Base64.Encoder base64 = Base64.getEncoder();
        String line = base64.encodeToString(keyBytes()) + " " + base64.encodeToString(valueBytes()) + "\n";
        return line.getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public String toString() {
        return key + " (" + value.length() + " bytes)";
    }
}
