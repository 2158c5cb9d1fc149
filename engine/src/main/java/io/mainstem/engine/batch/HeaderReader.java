package io.mainstem.engine.batch;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Walks an encoded header section. Not safe for use by several threads. */
public final class HeaderReader {

    private static final int NULL = -1;

    private final ByteBuffer section;
    private int remaining;
    private int namePosition;
    private int nameLength;
    private int valuePosition;
    private int valueLength = NULL;

    /** @throws CorruptRecordException when the section does not start with a count */
    public HeaderReader(ByteBuffer section) {
        this.section = section.duplicate();
        try {
            remaining = Varint.readInt(this.section);
        } catch (BufferUnderflowException e) {
            throw new CorruptRecordException("header count is missing");
        }
        if (remaining < 0) {
            throw new CorruptRecordException("header count " + remaining);
        }
    }

    /**
     * Moves to the next header.
     *
     * @return false when there is none
     * @throws CorruptRecordException when the bytes are no headers
     */
    public boolean next() {
        if (remaining == 0) {
            return false;
        }
        nameLength = skipField();
        if (nameLength == NULL) {
            throw new CorruptRecordException("header without a name");
        }
        namePosition = section.position() - nameLength;
        valueLength = skipField();
        valuePosition = section.position() - Math.max(0, valueLength);
        remaining--;
        return true;
    }

    /** UTF-8. */
    public ByteBuffer name() {
        return section.slice(namePosition, nameLength);
    }

    /** Costs less than to look at the {@link #name}. */
    public boolean nameStartsWith(byte[] prefix) {
        if (nameLength < prefix.length) {
            return false;
        }
        for (int index = 0; index < prefix.length; index++) {
            if (section.get(namePosition + index) != prefix[index]) {
                return false;
            }
        }
        return true;
    }

    public @Nullable ByteBuffer value() {
        return valueLength == NULL ? null : section.slice(valuePosition, valueLength);
    }

    /** Moves over bytes behind their length; returns the length. */
    private int skipField() {
        try {
            int length = Varint.readInt(section);
            if (length < NULL || length > section.remaining()) {
                throw new CorruptRecordException("field of " + length + " bytes");
            }
            section.position(section.position() + Math.max(0, length));
            return length;
        } catch (BufferUnderflowException e) {
            throw new CorruptRecordException("field ends early");
        }
    }
}
