package io.mainstem.log;

import io.mainstem.engine.batch.RecordBatch;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** What one commit adds to one log: batches that follow each other, all in one segment. */
final class LogWrite {

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final DurableLog log;
    private final List<RecordBatch> batches = new ArrayList<>();
    private int sizeInBytes;
    private Segment segment;
    private ByteBuffer bytes = NOTHING;

    LogWrite(DurableLog log) {
        this.log = log;
        this.segment = log.lastSegment();
    }

    void add(RecordBatch batch) {
        batches.add(batch);
        sizeInBytes += batch.sizeInBytes();
    }

    DurableLog log() {
        return log;
    }

    Segment segment() {
        return segment;
    }

    int sizeInBytes() {
        return sizeInBytes;
    }

    /** To another segment than the last one when the log was opened. */
    void moveTo(Segment newSegment) {
        segment = newSegment;
    }

    /** Copies the batches into the commit's buffer; what is written to the segment is taken from there. */
    void copyTo(ByteBuffer commit) {
        int start = commit.position();
        for (RecordBatch batch : batches) {
            commit.put(batch.bytes());
        }
        bytes = commit.slice(start, sizeInBytes);
    }

    /** The batches as they were copied. */
    ByteBuffer bytes() {
        return bytes.duplicate();
    }

    /** What was written is durable: readers may see it. */
    void publish() {
        for (RecordBatch batch : batches) {
            segment.publish(batch);
        }
        log.publishEnd();
    }
}
