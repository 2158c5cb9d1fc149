package io.mainstem.server.admin;

import io.mainstem.broker.Topic;
import io.mainstem.engine.Bounds;
import io.mainstem.engine.Engine;
import io.mainstem.engine.EngineException;
import io.mainstem.engine.batch.CorruptRecordException;
import io.mainstem.engine.batch.Record;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.util.concurrent.Future;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Streams the records of a topic, one a line. Partitions take turns, and each keeps its order. One read of one
 * partition is in memory, and none is begun while the client does not take what was written.
 */
final class TailExchange implements Exchange {

    private static final int READ_BYTES = 64 << 10;
    private static final int WRITE_BYTES = 64 << 10;

    /**
     * What is to be streamed.
     *
     * @param follow go on with what comes; otherwise the stream ends where the topic ends as it begins
     * @param limit records after which the stream ends
     */
    record Query(Topic topic, Position from, Optional<Integer> partition, boolean follow, long limit) {}

    private static final class Cursor {
        final int partition;
        long nextOffset;
        final long endOffset;

        Cursor(int partition, long nextOffset, long endOffset) {
            this.partition = partition;
            this.nextOffset = nextOffset;
            this.endOffset = endOffset;
        }
    }

    private final Query query;
    private final Topic topic;
    private final TopicLookup lookup;
    private final Connection connection;
    private final List<Cursor> cursors = new ArrayList<>();
    private final List<Engine.Registration> watches = new ArrayList<>();
    private final AtomicBoolean grown = new AtomicBoolean();

    private long left;
    private int turn;
    private @Nullable Cursor reading;
    private @Nullable BatchRecords records;
    private boolean stepIsDue;
    private boolean finished;
    private @Nullable Future<?> check;

    TailExchange(Query query, TopicLookup lookup, Connection connection) {
        this.query = query;
        this.topic = query.topic();
        this.lookup = lookup;
        this.connection = connection;
        this.left = query.limit();
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
        int first = query.partition().orElse(0);
        int last = query.partition().orElse(topic.partitions() - 1);
        for (int partition = first; partition <= last; partition++) {
            add(partition, query.from().offsetIn(topic, partition));
        }
        connection.startStream();
        connection.watchForEnd();
        if (query.follow()) {
            check = connection.everySecond(this::checkTopic);
        }
        stepSoon();
    }

    @Override
    public void writable() {
        stepSoon();
    }

    @Override
    public void stop() {
        fail(Problem.stopping());
    }

    @Override
    public void gone() {
        finished = true;
        watches.forEach(Engine.Registration::close);
        if (check != null) {
            check.cancel(false);
        }
    }

    private void add(int partition, long fromOffset) {
        Bounds bounds = topic.bounds(partition);
        cursors.add(new Cursor(partition, Math.max(fromOffset, bounds.firstOffset()), bounds.durableEndOffset()));
        if (query.follow()) {
            watches.add(topic.watch(partition, end -> {
                if (grown.compareAndSet(false, true)) {
                    connection.execute(() -> {
                        grown.set(false);
                        stepSoon();
                    });
                }
            }));
        }
    }

    /** Nobody calls when a topic goes, or gets partitions. */
    private void checkTopic() {
        if (finished) {
            return;
        }
        if (lookup.isGone(topic)) {
            fail(new Problem(HttpResponseStatus.GONE, "topic '" + topic.name() + "' has been deleted"));
        } else if (query.partition().isEmpty() && cursors.size() < topic.partitions()) {
            for (int partition = cursors.size(); partition < topic.partitions(); partition++) {
                add(partition, 0);
            }
            stepSoon();
        }
    }

    /** One step at a time, so that the connections of the event loop take turns. */
    private void stepSoon() {
        if (!stepIsDue) {
            stepIsDue = true;
            connection.execute(() -> {
                stepIsDue = false;
                try {
                    step();
                } catch (RuntimeException e) {
                    fail(Problem.of(e));
                }
            });
        }
    }

    private void step() {
        if (finished || !connection.isWritable()) {
            return;
        }
        if (reading == null) {
            readNext();
        } else if (records != null) {
            writeSome(reading, records);
        }
    }

    private void readNext() {
        Cursor cursor = nextCursor();
        if (cursor == null) {
            if (!query.follow()) {
                finish();
            }
            return;
        }
        reading = cursor;
        var unused = topic.read(cursor.partition, cursor.nextOffset, READ_BYTES)
                .whenComplete((bytes, failure) -> connection.execute(() -> arrived(cursor, bytes, failure)));
    }

    private @Nullable Cursor nextCursor() {
        for (int tried = 0; tried < cursors.size(); tried++) {
            Cursor cursor = cursors.get(turn);
            turn = (turn + 1) % cursors.size();
            long end = query.follow() ? topic.bounds(cursor.partition).durableEndOffset() : cursor.endOffset;
            if (cursor.nextOffset < end) {
                return cursor;
            }
        }
        return null;
    }

    private void arrived(Cursor cursor, @Nullable ByteBuffer bytes, @Nullable Throwable failure) {
        if (finished) {
            return;
        }
        if (bytes != null && bytes.hasRemaining()) {
            records = new BatchRecords(bytes, cursor.nextOffset);
        } else {
            reading = null;
            if (failure != null && !skipTrimmed(cursor, failure)) {
                fail(Problem.of(failure));
                return;
            }
        }
        stepSoon();
    }

    /** Records may have been let go of since their turn was planned. */
    private boolean skipTrimmed(Cursor cursor, Throwable failure) {
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        if (cause instanceof EngineException refused && refused.kind() == EngineException.Kind.OFFSET_OUT_OF_RANGE) {
            long first = topic.bounds(cursor.partition).firstOffset();
            boolean skips = first > cursor.nextOffset;
            cursor.nextOffset = first;
            return skips;
        }
        return false;
    }

    private void writeSome(Cursor cursor, BatchRecords source) {
        ByteBuf lines = Unpooled.buffer(WRITE_BYTES);
        boolean more = true;
        try (RecordJson json = new RecordJson(lines)) {
            while (left > 0 && more && lines.readableBytes() < WRITE_BYTES) {
                Record record = source.next();
                more = record != null && (query.follow() || record.offset() < cursor.endOffset);
                if (record != null && more) {
                    json.write(cursor.partition, record);
                    left--;
                }
            }
        } catch (CorruptRecordException e) {
            fail(new Problem(
                    HttpResponseStatus.INTERNAL_SERVER_ERROR,
                    "partition " + cursor.partition + " cannot be decoded after offset " + (source.nextOffset() - 1)
                            + ": " + e.getMessage()));
            return;
        }
        if (lines.isReadable()) {
            connection.stream(lines);
        }
        if (left == 0) {
            finish();
            return;
        }
        if (!more) {
            cursor.nextOffset = Math.max(source.nextOffset(), cursor.nextOffset);
            reading = null;
            records = null;
        }
        stepSoon();
    }

    private void finish() {
        gone();
        connection.endStream();
    }

    private void fail(Problem problem) {
        if (!finished) {
            gone();
            connection.failStream(problem);
        }
    }
}
