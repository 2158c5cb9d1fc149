package io.mainstem.protocol.amqp;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Makes strings of names that come again with every message, without making the same one twice in a row. A place a
 * name, by its hash; a newcomer takes the place over.
 */
final class ShortStrings {

    private static final int PLACES = 64;

    private final byte[][] encoded = new byte[PLACES][];
    private final @Nullable String[] decoded = new String[PLACES];

    /** Takes a short string. */
    String read(ByteBuf in) {
        int length = in.readUnsignedByte();
        int start = in.readerIndex();
        in.skipBytes(length);
        int hash = length;
        for (int index = start; index < start + length; index++) {
            hash = 31 * hash + in.getByte(index);
        }
        int place = (hash ^ hash >>> 16) & PLACES - 1;
        String known = decoded[place];
        if (known != null && isAt(encoded[place], in, start, length)) {
            return known;
        }
        byte[] bytes = new byte[length];
        in.getBytes(start, bytes);
        String text = new String(bytes, StandardCharsets.UTF_8);
        encoded[place] = bytes;
        decoded[place] = text;
        return text;
    }

    private static boolean isAt(byte[] bytes, ByteBuf in, int start, int length) {
        if (bytes.length != length) {
            return false;
        }
        for (int index = 0; index < length; index++) {
            if (bytes[index] != in.getByte(start + index)) {
                return false;
            }
        }
        return true;
    }
}
