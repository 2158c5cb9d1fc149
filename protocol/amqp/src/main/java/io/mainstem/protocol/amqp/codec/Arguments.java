package io.mainstem.protocol.amqp.codec;

import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The arguments of one method, by their names in the specification. */
public final class Arguments {

    private final Method method;
    private final Object[] values;

    private Arguments(Method method, Object[] values) {
        this.method = method;
        this.values = values;
    }

    /** Reads the arguments from a payload whose method has been read. */
    public static Arguments read(Method method, ByteBuf in) {
        List<Method.Field> fields = method.fields();
        Object[] values = new Object[fields.size()];
        int start = in.readerIndex();
        try {
            int bits = 0;
            int bitCount = 0;
            for (int index = 0; index < values.length; index++) {
                FieldType type = fields.get(index).type();
                if (type == FieldType.BIT) {
                    if (bitCount % Byte.SIZE == 0) {
                        bits = in.readUnsignedByte();
                    }
                    values[index] = (bits >> bitCount % Byte.SIZE & 1) != 0;
                    bitCount++;
                } else {
                    bitCount = 0;
                    values[index] = type.read(in);
                }
            }
        } catch (IndexOutOfBoundsException e) {
            throw Frame.undecodable(in.readerIndex(start));
        }
        return new Arguments(method, values);
    }

    /** Writes class, method and arguments. */
    static void write(Method method, Object[] values, ByteBuf out) {
        List<Method.Field> fields = method.fields();
        if (values.length != fields.size()) {
            throw new IllegalArgumentException(method + " with " + values.length + " arguments");
        }
        out.writeInt(method.id());
        int bitCount = 0;
        for (int index = 0; index < values.length; index++) {
            FieldType type = fields.get(index).type();
            if (type == FieldType.BIT) {
                if (bitCount % Byte.SIZE == 0) {
                    out.writeByte(0);
                }
                int octetIndex = out.writerIndex() - 1;
                int bit = (Boolean) values[index] ? 1 << bitCount % Byte.SIZE : 0;
                out.setByte(octetIndex, out.getByte(octetIndex) | bit);
                bitCount++;
            } else {
                bitCount = 0;
                type.write(values[index], out);
            }
        }
    }

    public String text(String name) {
        return (String) value(name);
    }

    /** The name of an exchange or a queue, without line breaks, as RabbitMQ reads it. */
    public String name(String name) {
        String text = text(name);
        return text.indexOf('\r') < 0 && text.indexOf('\n') < 0 ? text : text.replaceAll("[\r\n]", "");
    }

    public boolean flag(String name) {
        return (Boolean) value(name);
    }

    public long number(String name) {
        return ((Number) value(name)).longValue();
    }

    public byte[] bytes(String name) {
        return (byte[]) value(name);
    }

    @SuppressWarnings("unchecked") // a table is read as nothing else
    public Map<String, @Nullable Object> table(String name) {
        return (Map<String, @Nullable Object>) value(name);
    }

    Object value(String name) {
        List<Method.Field> fields = method.fields();
        for (int index = 0; index < values.length; index++) {
            if (fields.get(index).name().equals(name)) {
                return values[index];
            }
        }
        throw new IllegalArgumentException(method + " has no argument " + name);
    }
}
