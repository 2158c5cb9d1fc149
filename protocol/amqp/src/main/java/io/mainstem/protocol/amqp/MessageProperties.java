package io.mainstem.protocol.amqp;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.mainstem.engine.batch.BatchBuilder;
import io.mainstem.engine.batch.CorruptRecordException;
import io.mainstem.engine.batch.HeaderReader;
import io.mainstem.engine.batch.Record;
import io.mainstem.protocol.amqp.codec.Bytes;
import io.mainstem.protocol.amqp.codec.FieldTable;
import io.mainstem.protocol.amqp.codec.Property;
import io.mainstem.protocol.amqp.codec.TableReader;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

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
    private static final int ABSENT = -1;
    private static final Property[] PROPERTIES = Property.values();

    private final HeaderReader headers = new HeaderReader();
    private final int[] positions = new int[PROPERTIES.length];
    private final int[] lengths = new int[PROPERTIES.length];
    private final OtherHeaders others = new OtherHeaders();
    private ByteBuffer section = BatchBuilder.NO_HEADERS;
    private Map<String, Object> told = Map.of();

    /** Of what the broker tells and of the table that travels raw; whatever else has such a name is left out. */
    private final Set<ByteBuffer> takenNames = new HashSet<>();

    /**
     * Writes flags and values.
     *
     * @param toldHeaders further headers, which win over those of the message
     */
    void write(Record message, Map<String, Object> toldHeaders, ByteBuf out, int maxBytes) {
        section = message.headers();
        if (toldHeaders.isEmpty() && section.remaining() == 1 && section.get(section.position()) == NO_HEADERS) {
            out.writeShort(0);
            return;
        }
        told = toldHeaders;
        sort();
        write(out, out.writerIndex() + maxBytes);
        forget();
    }

    /** Nothing of the record stays in memory for the sake of a connection that is idle. */
    private void forget() {
        section = BatchBuilder.NO_HEADERS;
        headers.read(section);
        told = Map.of();
        takenNames.clear();
    }

    private void sort() {
        Arrays.fill(lengths, ABSENT);
        others.clear();
        try {
            headers.read(section);
            while (headers.next()) {
                sortOne();
            }
        } catch (CorruptRecordException e) {
            // The message is more than its headers: those before the damage are delivered with it.
        }
    }

    private void sortOne() {
        int namePosition = headers.namePosition();
        int nameLength = headers.nameLength();
        int position = headers.valuePosition();
        int length = headers.valueLength();
        Property property = RecordMapping.property(section, namePosition, nameLength);
        if (property != null && length != ABSENT && !isPresent(property) && fits(property, position, length)) {
            positions[property.place()] = position;
            lengths[property.place()] = length;
        } else if (nameLength <= MAX_SHORT_STRING_BYTES
                && !RecordMapping.isInternal(section, namePosition, nameLength)) {
            others.add(namePosition, nameLength, position, length);
        }
    }

    private boolean isPresent(Property property) {
        return lengths[property.place()] != ABSENT;
    }

    private boolean fits(Property property, int position, int length) {
        if (property == Property.HEADERS) {
            return FieldTable.isWellFormed(section.slice(position, length));
        }
        if (property == Property.EXPIRATION && !isTime(position, length)) {
            return false;
        }
        if (property.isText()) {
            return length <= MAX_SHORT_STRING_BYTES;
        }
        return isNumber(position, length)
                && (!property.isOctet() || (number(position, length) >= 0 && number(position, length) <= 255));
    }

    private boolean isTime(int position, int length) {
        // Nearly all are plain numbers, which are looked at as they stand.
        return isNumber(position, length)
                ? number(position, length) >= 0 && number(position, length) <= Expiration.MAX_MILLIS
                : length <= MAX_SHORT_STRING_BYTES
                        && Expiration.isValid(
                                UTF_8.decode(section.slice(position, length)).toString());
    }

    /** Decimal digits that fit into a long, with or without a minus. */
    private boolean isNumber(int position, int length) {
        boolean negative = startsWithMinus(position, length);
        int digits = length - (negative ? 1 : 0);
        if (digits < 1 || digits > MAX_DIGITS) {
            return false;
        }
        for (int index = position + length - digits; index < position + length; index++) {
            if (section.get(index) < '0' || section.get(index) > '9') {
                return false;
            }
        }
        return digits < MAX_DIGITS || (number(position, length) < 0) == negative;
    }

    /** Counted down, because the least number has no positive. */
    private long number(int position, int length) {
        boolean negative = startsWithMinus(position, length);
        long number = 0;
        for (int index = position + (negative ? 1 : 0); index < position + length; index++) {
            number = 10 * number - (section.get(index) - '0');
        }
        return negative ? number : -number;
    }

    private boolean startsWithMinus(int position, int length) {
        return length > 0 && section.get(position) == '-';
    }

    private void write(ByteBuf out, int end) {
        int flagsIndex = out.writerIndex();
        out.writeShort(0);
        int flags = 0;
        for (Property property : PROPERTIES) {
            boolean written = property == Property.HEADERS
                    // The table gives way: the other properties are short, and all of them fit.
                    ? writeTable(out, end - otherPropertiesBytes())
                    : isPresent(property) && writeValue(property, out);
            flags |= written ? property.flag() : 0;
        }
        out.setShort(flagsIndex, flags);
    }

    private int otherPropertiesBytes() {
        int bytes = 0;
        for (Property property : PROPERTIES) {
            if (isPresent(property) && property != Property.HEADERS) {
                bytes += property.isText() ? 1 + lengths[property.place()] : Long.BYTES;
            }
        }
        return bytes;
    }

    private boolean writeValue(Property property, ByteBuf out) {
        int position = positions[property.place()];
        int length = lengths[property.place()];
        if (property.isText()) {
            Bytes.write(section, position, length, out.writeByte(length));
        } else if (property.isOctet()) {
            out.writeByte((int) number(position, length));
        } else {
            out.writeLong(number(position, length));
        }
        return true;
    }

    private boolean writeTable(ByteBuf out, int end) {
        if (told.isEmpty() && others.count() == 0 && !isPresent(Property.HEADERS)) {
            return false;
        }
        int lengthIndex = out.writerIndex();
        writeTold(out, end);
        boolean present = out.writerIndex() > lengthIndex + Integer.BYTES;
        int raw = Property.HEADERS.place();
        if (isPresent(Property.HEADERS) && out.writerIndex() + lengths[raw] <= end) {
            writeRaw(positions[raw], lengths[raw], out);
            present = true;
        }
        present |= writeOthers(out, end);
        if (!present) {
            out.writerIndex(lengthIndex);
            return false;
        }
        out.setInt(lengthIndex, out.writerIndex() - lengthIndex - Integer.BYTES);
        return true;
    }

    private void writeTold(ByteBuf out, int end) {
        int lengthIndex = out.writerIndex();
        if (told.isEmpty()) {
            out.writeInt(0);
            return;
        }
        told.keySet().forEach(name -> takenNames.add(ByteBuffer.wrap(name.getBytes(UTF_8))));
        if (told.containsKey(DeliveryHeaders.DEATHS) && !DeliveryHeaders.hasFurtherKeys(section)) {
            // Given another key when it died, it has left those of CC behind.
            takenNames.add(RecordHeaders.CC);
        }
        FieldTable.write(told, out);
        if (out.writerIndex() > end) {
            out.writerIndex(lengthIndex).writeInt(0);
        }
    }

    /** The raw table has the types, so it wins over the strings that were made headers from it. */
    private void writeRaw(int position, int length, ByteBuf out) {
        TableReader table = new TableReader();
        table.read(section, position, length);
        while (table.next()) {
            if (told.isEmpty() || !takenNames.contains(table.name())) {
                out.writeBytes(table.entry());
            }
        }
        table.read(section, position, length);
        while (table.next()) {
            takenNames.add(table.name());
        }
    }

    private boolean writeOthers(ByteBuf out, int end) {
        boolean present = false;
        for (int index = 0; index < others.count(); index++) {
            int bytes = 1 + others.nameLength(index) + 5 + Math.max(0, others.valueLength(index));
            if (out.writerIndex() + bytes <= end && !isTaken(index)) {
                writeEntry(index, out);
                present = true;
            }
        }
        return present;
    }

    private boolean isTaken(int index) {
        return !takenNames.isEmpty()
                && takenNames.contains(section.slice(others.namePosition(index), others.nameLength(index)));
    }

    private void writeEntry(int index, ByteBuf out) {
        int nameLength = others.nameLength(index);
        int position = others.valuePosition(index);
        int length = others.valueLength(index);
        Bytes.write(section, others.namePosition(index), nameLength, out.writeByte(nameLength));
        if (length == ABSENT) {
            out.writeByte('V');
        } else {
            out.writeByte(Bytes.isText(section, position, length) ? 'S' : 'x').writeInt(length);
            Bytes.write(section, position, length, out);
        }
    }
}
