package io.mainstem.protocol.amqp.codec;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The frame, which everything but the protocol header travels in.
 *
 * <pre>
 *  0      1         3             7                7+size
 *  +------+---------+-------------+----------------+------+
 *  | type | channel | size        | payload        | 0xCE |
 *  +------+---------+-------------+----------------+------+
 * </pre>
 *
 * The maximum that the peers agree on counts all of it. RabbitMQ forgives clients who count the payload alone, and so
 * does the reader here.
 *
 * <p>A frame is a window that moves over what was received: between {@link #open} and {@link #close} that buffer's
 * readable bytes are the payload. One for each connection, used again and again; not safe for use by several threads.
 */
public final class Frame {

    public static final int METHOD = 1;
    public static final int HEADER = 2;
    public static final int BODY = 3;
    public static final int HEARTBEAT = 8;

    /** What a frame takes beside its payload. */
    public static final int OVERHEAD_BYTES = 8;

    /** Less may not be agreed on. */
    public static final int MIN_MAX_BYTES = 4096;

    static final int CHANNEL_OFFSET = 1;
    static final int SIZE_OFFSET = 3;
    static final int PAYLOAD_OFFSET = 7;
    static final int END = 0xCE;

    private static final byte[] PROTOCOL_HEADER = {'A', 'M', 'Q', 'P', 0, 0, 9, 1};
    private static final int SNIPPET_BYTES = 16;

    /** More would not fit into an error text. */
    private static final int SNIPPET_LIMIT = 100;

    /** What a client says first, and a server answers to one who said something else. */
    public static ByteBuf protocolHeader() {
        return Unpooled.wrappedBuffer(PROTOCOL_HEADER);
    }

    private int type;
    private int channel;
    private ByteBuf payload = Unpooled.EMPTY_BUFFER;
    private int nextIndex;
    private int receivedIndex;

    /** One that is not open yet. */
    public Frame() {}

    /** One that holds its payload by itself. */
    private Frame(int type, int channel, ByteBuf payload) {
        this.type = type;
        this.channel = channel;
        this.payload = payload;
    }

    /**
     * Opens the next frame.
     *
     * @return false when it is not there as a whole yet
     * @throws AmqpException when it is too large or has no end; what follows makes no sense then
     */
    public boolean open(ByteBuf in, int maxBytes) {
        if (in.readableBytes() < PAYLOAD_OFFSET) {
            return false;
        }
        int start = in.readerIndex();
        type = in.getUnsignedByte(start);
        channel = in.getUnsignedShort(start + CHANNEL_OFFSET);
        long size = in.getUnsignedInt(start + SIZE_OFFSET);
        if (size > maxBytes) {
            String reason = "{frame_too_large," + size + "," + (maxBytes - OVERHEAD_BYTES) + "}";
            throw new AmqpException(ReplyCode.FRAME_ERROR, describe(type, Unpooled.EMPTY_BUFFER) + ": " + reason);
        }
        if (in.readableBytes() < size + OVERHEAD_BYTES) {
            return false;
        }
        int endIndex = start + PAYLOAD_OFFSET + (int) size;
        int end = in.getUnsignedByte(endIndex);
        if (end != END) {
            String reason = "{invalid_frame_end_marker," + end + "}";
            ByteBuf bytes = in.slice(start + PAYLOAD_OFFSET, (int) size);
            throw new AmqpException(ReplyCode.FRAME_ERROR, describe(type, bytes) + ": " + reason);
        }
        nextIndex = endIndex + 1;
        receivedIndex = in.writerIndex();
        payload = in.setIndex(start + PAYLOAD_OFFSET, endIndex);
        return true;
    }

    /** Leaves the buffer with what follows the frame. */
    public void close() {
        payload.setIndex(nextIndex, receivedIndex);
        payload = Unpooled.EMPTY_BUFFER;
        nextIndex = 0;
        receivedIndex = 0;
    }

    /** The same with a buffer of its own, which need not be closed. */
    public Frame copy() {
        return new Frame(type, channel, Unpooled.copiedBuffer(payload));
    }

    public int type() {
        return type;
    }

    public int channel() {
        return channel;
    }

    /** The readable bytes; good until the frame is closed. */
    public ByteBuf payload() {
        return payload;
    }

    /** In the words of RabbitMQ's error texts. */
    public String describe() {
        return describe(type, payload);
    }

    static String describe(int type, ByteBuf payload) {
        int bytes = payload.readableBytes();
        String which = bytes <= SNIPPET_BYTES ? "all" : "first " + SNIPPET_BYTES;
        return "type " + type + ", " + which + " octets = " + erlangBinary(payload, Math.min(bytes, SNIPPET_BYTES));
    }

    /** What the peer said in a method's arguments, when it makes no sense. */
    public static AmqpException undecodable(ByteBuf arguments) {
        String octets = IntStream.range(arguments.readerIndex(), arguments.writerIndex())
                .limit(SNIPPET_LIMIT)
                .mapToObj(index -> Integer.toString(arguments.getUnsignedByte(index)))
                .collect(Collectors.joining(",", "<<", ">>"));
        return new AmqpException(ReplyCode.FRAME_ERROR, "cannot decode " + octets);
    }

    private static String erlangBinary(ByteBuf payload, int bytes) {
        StringBuilder numbers = new StringBuilder();
        boolean printable = bytes > 0;
        for (int index = 0; index < bytes; index++) {
            int octet = payload.getUnsignedByte(payload.readerIndex() + index);
            numbers.append(index == 0 ? "" : ",").append(octet);
            printable &= octet >= ' ' && octet < 0x7F;
        }
        String text = payload.toString(payload.readerIndex(), bytes, StandardCharsets.UTF_8);
        return "<<" + (printable ? '"' + text + '"' : numbers) + ">>";
    }
}
