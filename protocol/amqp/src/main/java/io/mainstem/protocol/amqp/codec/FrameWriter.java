package io.mainstem.protocol.amqp.codec;

import io.netty.buffer.ByteBuf;

/** Writes frames. */
public final class FrameWriter {

    private FrameWriter() {}

    /** Writes a method with its arguments in the order of its definition. */
    public static void method(ByteBuf out, int channel, Method method, Object... arguments) {
        int start = begin(out, Frame.METHOD, channel);
        Arguments.write(method, arguments, out);
        end(out, start);
    }

    /** Opens a method frame whose arguments the caller writes. */
    public static int beginMethod(ByteBuf out, int channel, Method method) {
        int start = begin(out, Frame.METHOD, channel);
        out.writeInt(method.id());
        return start;
    }

    /** Opens a frame; the payload follows, then {@link #end} with what this returned. */
    public static int begin(ByteBuf out, int type, int channel) {
        int start = out.writerIndex();
        out.writeByte(type).writeShort(channel).writeInt(0);
        return start;
    }

    public static void end(ByteBuf out, int start) {
        out.setInt(start + Frame.SIZE_OFFSET, out.writerIndex() - start - Frame.PAYLOAD_OFFSET);
        out.writeByte(Frame.END);
    }

    /** Writes what comes before a payload that is not copied. */
    public static void bodyHead(ByteBuf out, int channel, int payloadBytes) {
        out.writeByte(Frame.BODY).writeShort(channel).writeInt(payloadBytes);
    }

    /** Writes what comes after it. */
    public static void bodyEnd(ByteBuf out) {
        out.writeByte(Frame.END);
    }

    public static void heartbeat(ByteBuf out) {
        end(out, begin(out, Frame.HEARTBEAT, 0));
    }

    public static void shortString(ByteBuf out, String text) {
        FieldTable.writeShortString(text, out);
    }
}
