package io.mainstem.broker;

import io.mainstem.engine.batch.CorruptRecordException;
import io.mainstem.engine.batch.HeaderReader;
import io.mainstem.engine.batch.HeaderWriter;
import io.mainstem.engine.batch.Record;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Where a record was published that stands in the topic of a queue because its log was to go. The record says so in its
 * first header; the value is the offset, the partition and the topic's name, such as {@code 17/0/events}.
 *
 * <p>Such a record is a place to keep bytes, and no message: the router passes it by, and the queue's state log says
 * which message it is.
 */
record RelocatedFrom(String topic, int partition, long offset) {

    static final String HEADER = "mainstem.relocated-from";

    private static final byte[] NAME = HEADER.getBytes(StandardCharsets.US_ASCII);

    static RelocatedFrom of(QueueSource source, Record record) {
        return of(record).orElseGet(() -> new RelocatedFrom(source.topic.name(), source.partition, record.offset()));
    }

    /** Empty if the record stands where it was published. */
    static Optional<RelocatedFrom> of(Record record) {
        if (!isRelocated(record)) {
            return Optional.empty();
        }
        HeaderReader headers = new HeaderReader(record.headers());
        headers.next();
        String[] parts = DeadLetters.text(headers.value()).split("/", 3);
        try {
            return Optional.of(new RelocatedFrom(parts[2], Integer.parseInt(parts[1]), Long.parseLong(parts[0])));
        } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
            return Optional.empty();
        }
    }

    /** Looks at nothing but the first header. */
    static boolean isRelocated(Record record) {
        if (!MessageAttributes.hasHeaders(record.headers())) {
            return false;
        }
        try {
            HeaderReader headers = new HeaderReader(record.headers());
            return headers.next() && headers.nameStartsWith(NAME);
        } catch (CorruptRecordException e) {
            return false;
        }
    }

    /** The headers of a record that is to stand elsewhere. */
    ByteBuffer addTo(Record record) {
        HeaderWriter headers = new HeaderWriter();
        headers.add(HEADER, DeadLetters.utf8(offset + "/" + partition + "/" + topic));
        DeadLetters.copyHeaders(record, headers, name -> !name.equals(HEADER));
        return headers.section();
    }
}
