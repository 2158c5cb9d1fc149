package io.mainstem.server.admin;

import io.mainstem.broker.Message;
import io.mainstem.broker.PublishListener;
import io.mainstem.broker.Topic;
import io.mainstem.engine.batch.BatchBuilder;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Publishes each line of a body as a record. The body may be endless: no more of it is read while much of it waits to
 * be durable. The answer comes when all is durable; or it says how many lines, from the first one, are stored without a
 * gap.
 */
final class PublishExchange implements Exchange {

    /** The first line that was not stored, and why. */
    private record Failure(long line, Throwable cause) {

        static @Nullable Failure earlier(@Nullable Failure one, @Nullable Failure other) {
            if (one == null || other == null) {
                return one == null ? other : one;
            }
            return other.line < one.line ? other : one;
        }
    }

    private final Topic topic;
    private final byte @Nullable [] separator;
    private final Connection connection;
    private final InstantSource clock;
    private final LineCutter lines;
    private final AtomicReference<@Nullable Failure> failure = new AtomicReference<>();

    private long published;
    private int inFlightParts;
    private long inFlightBytes;
    private boolean paused;
    private boolean ended;

    PublishExchange(Topic topic, byte @Nullable [] separator, Connection connection, InstantSource clock) {
        this.topic = topic;
        this.separator = separator;
        this.connection = connection;
        this.clock = clock;
        this.lines = new LineCutter(connection.options().maxLineBytes());
    }

    @Override
    public void begin() {
        connection.read();
    }

    @Override
    public void content(ByteBuf bytes) {
        Part part = new Part(bytes.readableBytes());
        try {
            lines.cut(bytes, part::publish);
        } catch (Problem e) {
            fail(e);
        }
        part.release();
        if (inFlightBytes < connection.options().maxInFlightBytes() && failure.get() == null) {
            connection.read();
        } else {
            paused = true;
        }
    }

    @Override
    public void end() {
        Part part = new Part(0);
        try {
            lines.finish(part::publish);
        } catch (Problem e) {
            fail(e);
        }
        ended = true;
        part.release();
    }

    @Override
    public void stop() {
        if (!ended) {
            fail(Problem.stopping());
            answerIfSettled();
        }
    }

    private void fail(Throwable cause) {
        failed(new Failure(published, cause));
    }

    private void failed(Failure another) {
        failure.accumulateAndGet(another, Failure::earlier);
    }

    private void settled(Part part) {
        inFlightParts--;
        inFlightBytes -= part.bytes;
        if (failure.get() != null || ended) {
            answerIfSettled();
        } else if (paused && inFlightBytes < connection.options().maxInFlightBytes()) {
            paused = false;
            connection.read();
        }
    }

    private void answerIfSettled() {
        if (inFlightParts > 0) {
            return;
        }
        Failure failed = failure.get();
        if (failed == null) {
            connection.answer(this, HttpResponseStatus.OK, Json.object().put("stored", published));
        } else {
            Problem problem = Problem.of(failed.cause);
            connection.fail(this, problem, problem.toJson().put("stored", failed.line));
        }
    }

    /** The lines that came with one read of the socket. */
    private final class Part implements PublishListener {

        final int bytes;
        private final long timestampMillis = clock.millis();
        /** And one for the part itself, until all its lines are published. */
        private final AtomicInteger unsettled = new AtomicInteger(1);

        Part(int bytes) {
            this.bytes = bytes;
            inFlightParts++;
            inFlightBytes += bytes;
        }

        void publish(ByteBuffer line) {
            if (failure.get() != null) {
                return;
            }
            Message message = message(line);
            unsettled.incrementAndGet();
            long number = published++;
            try {
                topic.publish(message, this, number);
            } catch (RuntimeException e) {
                published(number, e);
            }
        }

        void release() {
            settle();
        }

        @Override
        public void published(long line, @Nullable Throwable cause) {
            if (cause != null) {
                failed(new Failure(line, cause));
            }
            settle();
        }

        private void settle() {
            if (unsettled.decrementAndGet() == 0) {
                connection.execute(() -> settled(this));
            }
        }

        private Message message(ByteBuffer line) {
            if (separator == null) {
                return new Message(timestampMillis, null, line, BatchBuilder.NO_HEADERS);
            }
            int end = line.limit() - separator.length;
            for (int at = line.position(); at <= end; at++) {
                if (isSeparator(line, at, separator)) {
                    ByteBuffer key = line.duplicate().limit(at);
                    ByteBuffer value = line.duplicate().position(at + separator.length);
                    return new Message(timestampMillis, key, value, BatchBuilder.NO_HEADERS);
                }
            }
            throw Problem.badRequest("no key separator in the line").atLine(published + 1);
        }
    }

    private static boolean isSeparator(ByteBuffer line, int at, byte[] separator) {
        for (int i = 0; i < separator.length; i++) {
            if (line.get(at + i) != separator[i]) {
                return false;
            }
        }
        return true;
    }
}
