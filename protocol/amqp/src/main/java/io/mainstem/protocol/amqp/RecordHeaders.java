package io.mainstem.protocol.amqp;

import io.mainstem.engine.batch.HeaderWriter;
import io.mainstem.protocol.amqp.codec.ContentHeader;
import io.mainstem.protocol.amqp.codec.Property;
import io.mainstem.protocol.amqp.codec.TableReader;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Properties of a message on their way in: to the headers of a record. One for each channel, used again and again. */
final class RecordHeaders {

    private final HeaderWriter headers = new HeaderWriter();
    private @Nullable String userId;

    /** Takes over the properties; everything is copied. */
    void read(ContentHeader content) {
        headers.reset();
        userId = null;
        content.visit(this::property);
    }

    /** The encoded headers, until the next read. */
    ByteBuffer section() {
        return headers.section();
    }

    /** Who the publisher says it is. */
    @Nullable
    String userId() {
        return userId;
    }

    private void property(Property property, ByteBuf value) {
        if (property == Property.HEADERS) {
            table(value);
        } else if (property.isText()) {
            headers.add(RecordMapping.headerName(property), value.nioBuffer());
            if (property == Property.USER_ID) {
                userId = value.toString(StandardCharsets.UTF_8);
            }
        } else {
            long number = property.isOctet()
                    ? value.getUnsignedByte(value.readerIndex())
                    : value.getLong(value.readerIndex());
            headers.add(RecordMapping.headerName(property), ascii(number));
        }
    }

    private void table(ByteBuf entries) {
        // An empty table is not the same as none, and nothing else would tell.
        boolean raw = !entries.isReadable();
        TableReader table = new TableReader(entries);
        while (table.next()) {
            ByteBuffer name = table.name().nioBuffer();
            if (table.isLongString() && isUtf8(table.value()) && !RecordMapping.isReserved(name)) {
                headers.add(name, table.value().nioBuffer());
            } else {
                raw = true;
            }
        }
        if (raw) {
            headers.add(RecordMapping.headerName(Property.HEADERS), entries.nioBuffer());
        }
    }

    /** Other bytes would come back as a byte array. */
    private static boolean isUtf8(ByteBuf value) {
        return ByteBufUtil.isText(value, StandardCharsets.UTF_8);
    }

    private static ByteBuffer ascii(long number) {
        return ByteBuffer.wrap(Long.toString(number).getBytes(StandardCharsets.US_ASCII));
    }
}
