package io.mainstem.server.admin;

import io.mainstem.broker.Queue;
import io.mainstem.broker.QueuedMessage;
import io.mainstem.engine.batch.CorruptRecordException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Streams what stands in a queue, one message a line. The queue is looked at page by page: it may have gone on between
 * two of them. One page is in memory, and none is asked for while the client does not take what was written.
 */
final class BrowseExchange implements Exchange {

    /** A message may be alone in its batch, which is in memory with it. */
    private static final int PAGE_MESSAGES = 100;

    private static final int WRITE_BYTES = 64 << 10;

    private final Queue queue;
    private final Connection connection;

    /** Where the next line stands in the queue. */
    private long position;

    private int left;
    private List<QueuedMessage> page = List.of();
    private int at;
    private boolean asked;
    private boolean begun;
    private boolean finished;

    /** @param limit messages after which the stream ends */
    BrowseExchange(Queue queue, long skip, int limit, Connection connection) {
        this.queue = queue;
        this.connection = connection;
        this.position = skip;
        this.left = limit;
    }

    @Override
    public void begin() {
        connection.read();
    }

    @Override
    public void content(ByteBuf part) {
        throw Problem.badRequest("a GET has no body");
    }

    @Override
    public void end() {
        connection.watchForEnd();
        ask();
    }

    @Override
    public void writable() {
        step();
    }

    @Override
    public void stop() {
        fail(Problem.stopping());
    }

    @Override
    public void gone() {
        finished = true;
    }

    private void ask() {
        asked = true;
        var unused = queue.browse(position, Math.min(left, PAGE_MESSAGES))
                .whenComplete((messages, failure) -> connection.execute(() -> arrived(messages, failure)));
    }

    private void arrived(@Nullable List<QueuedMessage> messages, @Nullable Throwable failure) {
        asked = false;
        if (finished) {
            return;
        }
        if (messages == null) {
            fail(Problem.of(failure == null ? new IllegalStateException("no page") : failure));
            return;
        }
        if (!begun) {
            begun = true;
            connection.startStream();
        }
        page = messages;
        at = 0;
        if (messages.isEmpty()) {
            finish();
        } else {
            step();
        }
    }

    private void step() {
        if (finished || asked || !connection.isWritable()) {
            return;
        }
        ByteBuf lines = Unpooled.buffer(WRITE_BYTES);
        try (RecordJson json = new RecordJson(lines)) {
            while (at < page.size() && lines.readableBytes() < WRITE_BYTES) {
                json.write(position, page.get(at));
                at++;
                position++;
                left--;
            }
        } catch (CorruptRecordException e) {
            fail(new Problem(
                    HttpResponseStatus.INTERNAL_SERVER_ERROR,
                    "the headers of the message at position " + position + " cannot be decoded: " + e.getMessage()));
            return;
        }
        connection.stream(lines);
        if (left == 0) {
            finish();
        } else if (at == page.size()) {
            page = List.of();
            ask();
        } else {
            connection.execute(this::step);
        }
    }

    private void finish() {
        gone();
        connection.endStream();
    }

    private void fail(Problem problem) {
        if (finished) {
            return;
        }
        gone();
        if (begun) {
            connection.failStream(problem);
        } else {
            connection.fail(this, problem);
        }
    }
}
