package io.mainstem.engine.batch;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Walks an encoded header section. Not safe for use by several threads. */
public final class HeaderReader {

    private final ByteBuffer section;
    private int remaining;
    private ByteBuffer name = BatchBuilder.NO_HEADERS;
    private @Nullable ByteBuffer value;

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
        ByteBuffer nextName = RecordReader.readBytes(section);
        if (nextName == null) {
            throw new CorruptRecordException("header without a name");
        }
        name = nextName;
        value = RecordReader.readBytes(section);
        remaining--;
        return true;
    }

    /** UTF-8. */
    public ByteBuffer name() {
        return name.duplicate();
    }

    public @Nullable ByteBuffer value() {
        return value == null ? null : value.duplicate();
    }
}
