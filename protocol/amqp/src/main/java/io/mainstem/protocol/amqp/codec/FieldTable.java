package io.mainstem.protocol.amqp.codec;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Field tables: names with typed values, as RabbitMQ reads and writes them. The values are:
 *
 * <pre>
 * t Boolean        b Byte            s Short          I Integer        l Long
 *                  B Short           u Integer        i Long           (B, u, i: unsigned; read only)
 * f Float          d Double          D BigDecimal     T Timestamp      V null
 * S String         x byte[]          A List           F Map
 * </pre>
 */
public final class FieldTable {

    /** Tables and arrays within each other; deeper ones could exhaust the stack. */
    private static final int MAX_DEPTH = 64;

    /** Seconds since the epoch. */
    public record Timestamp(long seconds) {}

    private FieldTable() {}

    public static Map<String, @Nullable Object> read(ByteBuf in) {
        return readTable(in, 0);
    }

    public static void write(Map<?, ?> table, ByteBuf out) {
        int lengthIndex = out.writerIndex();
        out.writeInt(0);
        for (Map.Entry<?, ?> entry : table.entrySet()) {
            writeShortString(entry.getKey().toString(), out);
            writeValue(entry.getValue(), out);
        }
        out.setInt(lengthIndex, out.writerIndex() - lengthIndex - Integer.BYTES);
    }

    /** True when the bytes up to the end are the entries of a table (without its length). */
    public static boolean isWellFormed(ByteBuffer entries) {
        try {
            ByteBuf in = Unpooled.wrappedBuffer(entries);
            while (in.isReadable()) {
                in.skipBytes(in.readUnsignedByte());
                readValue(in, 1);
            }
            return true;
        } catch (AmqpException | IndexOutOfBoundsException e) {
            return false;
        }
    }

    /** What RabbitMQ calls the type of a value in its error texts. */
    public static String typeName(@Nullable Object value) {
        if (value == null) {
            return "void";
        } else if (value instanceof Number number) {
            return numberName(number);
        } else if (value instanceof Boolean) {
            return "bool";
        } else if (value instanceof Timestamp) {
            return "timestamp";
        } else if (value instanceof byte[]) {
            return "binary";
        } else if (value instanceof List) {
            return "array";
        }
        return value instanceof Map ? "table" : "longstr";
    }

    private static String numberName(Number number) {
        if (number instanceof Byte) {
            return "byte";
        } else if (number instanceof Short) {
            return "short";
        } else if (number instanceof Integer) {
            return "signedint";
        } else if (number instanceof Long) {
            return "long";
        } else if (number instanceof Float) {
            return "float";
        }
        return number instanceof Double ? "double" : "decimal";
    }

    static int readLength(ByteBuf in) {
        return checked(in.readUnsignedInt(), in.readableBytes());
    }

    /** The length that stands at a position, before as many bytes. */
    static int length(ByteBuffer in, int position) {
        return checked(Integer.toUnsignedLong(in.getInt(position)), in.limit() - position - Integer.BYTES);
    }

    private static int checked(long length, int bytesThere) {
        if (length > bytesThere) {
            throw new AmqpException(ReplyCode.SYNTAX_ERROR, "length " + length + " exceeds the frame");
        }
        return (int) length;
    }

    static void writeShortString(String text, ByteBuf out) {
        int lengthIndex = out.writerIndex();
        out.writeByte(0);
        int bytes = ByteBufUtil.writeUtf8(out, text);
        if (bytes > 255) {
            throw new IllegalArgumentException("a short string of " + bytes + " bytes");
        }
        out.setByte(lengthIndex, bytes);
    }

    private static Map<String, @Nullable Object> readTable(ByteBuf in, int depth) {
        ByteBuf entries = in.readSlice(readLength(in));
        Map<String, @Nullable Object> table = new LinkedHashMap<>();
        while (entries.isReadable()) {
            String name = entries.readCharSequence(entries.readUnsignedByte(), StandardCharsets.UTF_8)
                    .toString();
            table.put(name, readValue(entries, depth + 1));
        }
        return table;
    }

    private static List<@Nullable Object> readArray(ByteBuf in, int depth) {
        ByteBuf items = in.readSlice(readLength(in));
        List<@Nullable Object> array = new ArrayList<>();
        while (items.isReadable()) {
            array.add(readValue(items, depth + 1));
        }
        return array;
    }

    static @Nullable Object readValue(ByteBuf in) {
        return readValue(in, 1);
    }

    private static @Nullable Object readValue(ByteBuf in, int depth) {
        if (depth > MAX_DEPTH) {
            throw new AmqpException(ReplyCode.SYNTAX_ERROR, "table nested deeper than " + MAX_DEPTH);
        }
        byte type = in.readByte();
        return switch (type) {
            case 't' -> in.readBoolean();
            case 'b' -> in.readByte();
            case 'B' -> in.readUnsignedByte();
            case 's', 'U' -> in.readShort();
            case 'u' -> in.readUnsignedShort();
            case 'I' -> in.readInt();
            case 'i' -> in.readUnsignedInt();
            case 'l', 'L' -> in.readLong();
            case 'f' -> in.readFloat();
            case 'd' -> in.readDouble();
            case 'D' -> readDecimal(in);
            case 'T' -> new Timestamp(in.readLong());
            case 'S' ->
                in.readCharSequence(readLength(in), StandardCharsets.UTF_8).toString();
            case 'x' -> FieldType.LONGSTR.read(in);
            case 'A' -> readArray(in, depth);
            case 'F' -> readTable(in, depth);
            case 'V' -> null;
            default -> throw new AmqpException(ReplyCode.SYNTAX_ERROR, "unknown field type " + type);
        };
    }

    private static BigDecimal readDecimal(ByteBuf in) {
        int scale = in.readUnsignedByte();
        return new BigDecimal(BigInteger.valueOf(in.readInt()), scale);
    }

    private static void writeValue(@Nullable Object value, ByteBuf out) {
        if (value == null) {
            out.writeByte('V');
        } else if (value instanceof Boolean truth) {
            out.writeByte('t').writeBoolean(truth);
        } else if (value instanceof Number number) {
            writeNumber(number, out);
        } else if (value instanceof Timestamp timestamp) {
            out.writeByte('T').writeLong(timestamp.seconds());
        } else if (value instanceof byte[] bytes) {
            out.writeByte('x').writeInt(bytes.length).writeBytes(bytes);
        } else if (value instanceof List<?> array) {
            out.writeByte('A');
            int lengthIndex = out.writerIndex();
            out.writeInt(0);
            for (Object item : array) {
                writeValue(item, out);
            }
            out.setInt(lengthIndex, out.writerIndex() - lengthIndex - Integer.BYTES);
        } else if (value instanceof Map<?, ?> table) {
            write(table, out.writeByte('F'));
        } else {
            byte[] bytes = value.toString().getBytes(StandardCharsets.UTF_8);
            out.writeByte('S').writeInt(bytes.length).writeBytes(bytes);
        }
    }

    private static void writeNumber(Number number, ByteBuf out) {
        if (number instanceof Byte value) {
            out.writeByte('b').writeByte(value);
        } else if (number instanceof Short value) {
            out.writeByte('s').writeShort(value);
        } else if (number instanceof Integer value) {
            out.writeByte('I').writeInt(value);
        } else if (number instanceof Long value) {
            out.writeByte('l').writeLong(value);
        } else if (number instanceof Float value) {
            out.writeByte('f').writeFloat(value);
        } else if (number instanceof Double value) {
            out.writeByte('d').writeDouble(value);
        } else if (number instanceof BigDecimal value) {
            out.writeByte('D').writeByte(value.scale());
            out.writeInt(value.unscaledValue().intValueExact());
        } else {
            throw new IllegalArgumentException("no field type for " + number.getClass());
        }
    }
}
