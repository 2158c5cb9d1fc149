package io.mainstem.protocol.amqp;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.mainstem.engine.batch.CorruptRecordException;
import io.mainstem.engine.batch.HeaderReader;
import io.mainstem.engine.batch.Record;
import io.mainstem.protocol.amqp.codec.FieldTable;
import io.mainstem.protocol.amqp.codec.Property;
import io.mainstem.protocol.amqp.codec.TableReader;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Headers of a record on their way out: to the properties of a message. One for each connection, used again and again.
 *
 * <p>A record may come from anywhere, so a header that only looks like a property (a priority that is no number) is
 * delivered as a plain header, and what has no room in AMQP is left out: names over 255 bytes, and headers beyond the
 * one frame that they must fit into. What else the broker reads from headers is not shown.
 */
final class MessageProperties {

    private static final int MAX_SHORT_STRING_BYTES = 255;

    /** A number with as many may or may not fit into a long. */
    private static final int MAX_DIGITS = 19;

    private static final byte NO_HEADERS = 0;

    private final Map<Property, ByteBuffer> properties = new EnumMap<>(Property.class);
    private final List<ByteBuffer> otherNames = new ArrayList<>();
    private final List<@Nullable ByteBuffer> otherValues = new ArrayList<>();
    private final Set<ByteBuffer> toldNames = new HashSet<>();
    private Map<String, Object> toldHeaders = Map.of();

    /**
     * Writes flags and values.
     *
     * @param told further headers, which win over those of the message
     */
    void write(Record message, Map<String, Object> told, ByteBuf out, int maxBytes) {
        ByteBuffer section = message.headers();
        if (told.isEmpty() && section.remaining() == 1 && section.get(section.position()) == NO_HEADERS) {
            out.writeShort(0);
            return;
        }
        toldHeaders = told;
        told.keySet().forEach(name -> toldNames.add(ByteBuffer.wrap(name.getBytes(UTF_8))));
        try {
            sort(new HeaderReader(section));
        } catch (CorruptRecordException e) {
            // The message is more than its headers: those before the damage are delivered with it.
        }
        write(out, out.writerIndex() + maxBytes);
        properties.clear();
        otherNames.clear();
        otherValues.clear();
        toldNames.clear();
    }

    private void sort(HeaderReader headers) {
        while (headers.next()) {
            ByteBuffer name = headers.name();
            ByteBuffer value = headers.value();
            Property property = RecordMapping.property(name);
            if (property != null && value != null && !properties.containsKey(property) && fits(property, value)) {
                properties.put(property, value);
            } else if (name.remaining() <= MAX_SHORT_STRING_BYTES && !RecordMapping.isInternal(name)) {
                otherNames.add(name);
                otherValues.add(value);
            }
        }
    }

    private static boolean fits(Property property, ByteBuffer value) {
        if (property == Property.HEADERS) {
            return FieldTable.isWellFormed(Unpooled.wrappedBuffer(value));
        }
        if (property.isText()) {
            return value.remaining() <= MAX_SHORT_STRING_BYTES;
        }
        return isNumber(value) && (!property.isOctet() || (number(value) >= 0 && number(value) <= 255));
    }

    /** Decimal digits that fit into a long, with or without a minus. */
    private static boolean isNumber(ByteBuffer value) {
        int digits = value.remaining() - (startsWithMinus(value) ? 1 : 0);
        if (digits < 1 || digits > MAX_DIGITS) {
            return false;
        }
        for (int index = value.limit() - digits; index < value.limit(); index++) {
            if (value.get(index) < '0' || value.get(index) > '9') {
                return false;
            }
        }
        return digits < MAX_DIGITS || (number(value) < 0) == startsWithMinus(value);
    }

    /** Counted down, because the least number has no positive. */
    private static long number(ByteBuffer value) {
        boolean negative = startsWithMinus(value);
        long number = 0;
        for (int index = value.position() + (negative ? 1 : 0); index < value.limit(); index++) {
            number = 10 * number - (value.get(index) - '0');
        }
        return negative ? number : -number;
    }

    private static boolean startsWithMinus(ByteBuffer value) {
        return value.hasRemaining() && value.get(value.position()) == '-';
    }

    private void write(ByteBuf out, int end) {
        int flagsIndex = out.writerIndex();
        out.writeShort(0);
        int flags = 0;
        for (Property property : PROPERTIES) {
            ByteBuffer value = properties.get(property);
            if (property == Property.HEADERS) {
                // The table gives way: the other properties are short, and all of them fit.
                int tableEnd = end - otherPropertiesBytes();
                if ((value != null || !otherNames.isEmpty() || !toldNames.isEmpty())
                        && writeTable(value, out, tableEnd)) {
                    flags |= property.flag();
                }
            } else if (value != null) {
                writeValue(property, value, out);
                flags |= property.flag();
            }
        }
        out.setShort(flagsIndex, flags);
    }

    private int otherPropertiesBytes() {
        int bytes = 0;
        for (Property property : PROPERTIES) {
            ByteBuffer value = properties.get(property);
            if (value != null && property != Property.HEADERS) {
                bytes += property.isText() ? 1 + value.remaining() : Long.BYTES;
            }
        }
        return bytes;
    }

    private static void writeValue(Property property, ByteBuffer value, ByteBuf out) {
        if (property.isText()) {
            out.writeByte(value.remaining()).writeBytes(value.duplicate());
            return;
        }
        long number = number(value);
        if (property.isOctet()) {
            out.writeByte((int) number);
        } else {
            out.writeLong(number);
        }
    }

    private boolean writeTable(@Nullable ByteBuffer raw, ByteBuf out, int end) {
        int lengthIndex = out.writerIndex();
        FieldTable.write(toldHeaders, out);
        if (out.writerIndex() > end) {
            out.writerIndex(lengthIndex).writeInt(0);
        }
        Set<ByteBuffer> rawNames = Set.of();
        boolean present = out.writerIndex() > lengthIndex + Integer.BYTES;
        if (raw != null && out.writerIndex() + raw.remaining() <= end) {
            writeRaw(raw, out);
            rawNames = names(raw);
            present = true;
        }
        for (int index = 0; index < otherNames.size(); index++) {
            ByteBuffer name = otherNames.get(index);
            ByteBuffer value = otherValues.get(index);
            int bytes = 1 + name.remaining() + 5 + (value == null ? 0 : value.remaining());
            if (!rawNames.contains(name) && !toldNames.contains(name) && out.writerIndex() + bytes <= end) {
                writeEntry(name, value, out);
                present = true;
            }
        }
        if (!present) {
            out.writerIndex(lengthIndex);
            return false;
        }
        out.setInt(lengthIndex, out.writerIndex() - lengthIndex - Integer.BYTES);
        return true;
    }

    private void writeRaw(ByteBuffer raw, ByteBuf out) {
        if (toldNames.isEmpty()) {
            out.writeBytes(raw.duplicate());
            return;
        }
        ByteBuf entries = Unpooled.wrappedBuffer(raw);
        TableReader table = new TableReader(entries);
        int start = table.position();
        while (table.next()) {
            if (!toldNames.contains(table.name().nioBuffer())) {
                out.writeBytes(entries, start, table.position() - start);
            }
            start = table.position();
        }
    }

    private static void writeEntry(ByteBuffer name, @Nullable ByteBuffer value, ByteBuf out) {
        out.writeByte(name.remaining()).writeBytes(name.duplicate());
        if (value == null) {
            out.writeByte('V');
        } else {
            boolean text = ByteBufUtil.isText(Unpooled.wrappedBuffer(value), UTF_8);
            out.writeByte(text ? 'S' : 'x').writeInt(value.remaining()).writeBytes(value.duplicate());
        }
    }

    /** The raw table has the types, so it wins over the strings that were made headers from it. */
    private static Set<ByteBuffer> names(ByteBuffer raw) {
        Set<ByteBuffer> names = new HashSet<>();
        TableReader table = new TableReader(Unpooled.wrappedBuffer(raw));
        while (table.next()) {
            names.add(table.name().nioBuffer());
        }
        return names;
    }

    private static final Property[] PROPERTIES = Property.values();
}
