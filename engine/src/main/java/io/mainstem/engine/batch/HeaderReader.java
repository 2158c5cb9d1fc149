package io.mainstem.engine.batch;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Walks encoded header sections, one after the other. Not safe for use by several threads. */
public final class HeaderReader {

    private static final int NULL = -1;

    private ByteBuffer section = BatchBuilder.NO_HEADERS;
    private int position;
    private int remaining;
    private int namePosition;
    private int nameLength;
    private int valuePosition;
    private int valueLength = NULL;

    /** One that has nothing to read yet. */
    public HeaderReader() {}

    /** @throws CorruptRecordException when the section does not start with a count */
    public HeaderReader(ByteBuffer section) {
        read(section);
    }

    /**
     * Begins a section, which is left as it is.
     *
     * @throws CorruptRecordException when it does not start with a count
     */
    public void read(ByteBuffer newSection) {
        section = newSection;
        position = newSection.position();
        remaining = 0;
        int count = readInt();
        if (count < 0) {
            throw new CorruptRecordException("header count " + count);
        }
        remaining = count;
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
        namePosition = position - nameLength;
        valueLength = skipField();
        valuePosition = position - Math.max(0, valueLength);
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

    /** Where the name is in the section, for whoever wants no buffer made. */
    public int namePosition() {
        return namePosition;
    }

    public int nameLength() {
        return nameLength;
    }

    /** Where the {@link #value} is in the section. */
    public int valuePosition() {
        return valuePosition;
    }

    /** -1 without a value. */
    public int valueLength() {
        return valueLength;
    }

    /** Moves over bytes behind their length; returns the length. */
    private int skipField() {
        int length = readInt();
        if (length < NULL || length > section.limit() - position) {
            throw new CorruptRecordException("field of " + length + " bytes");
        }
        position += Math.max(0, length);
        return length;
    }

    private int readInt() {
        try {
            int value = Varint.readInt(section, position);
            position += Varint.lengthAt(section, position);
            return value;
        } catch (IndexOutOfBoundsException e) {
            throw new CorruptRecordException("header section ends early");
        }
    }
}
