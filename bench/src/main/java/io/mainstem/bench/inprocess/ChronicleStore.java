package io.mainstem.bench.inprocess;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.bytes.SyncMode;
import net.openhft.chronicle.queue.ChronicleQueue;
import net.openhft.chronicle.queue.ExcerptAppender;
import net.openhft.chronicle.queue.ExcerptTailer;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;

/** Chronicle Queue: a mapped file for each log, which is not synced unless that is asked for. */
final class ChronicleStore implements Store {

    private final boolean synced;
    private final List<ChronicleQueue> queues = new ArrayList<>();
    private final List<ExcerptAppender> appenders = new ArrayList<>();
    private final Bytes<?> bytes = Bytes.allocateElasticDirect(BATCH_BYTES);
    private final Bytes<?> readBytes = Bytes.allocateElasticDirect(BATCH_BYTES);
    private final ExcerptTailer tailer;

    ChronicleStore(Path directory, boolean synced, int count) {
        this.synced = synced;
        while (bytes.writePosition() < BATCH_BYTES) {
            bytes.writeLong(0);
        }
        for (int number = 0; number < count; number++) {
            SingleChronicleQueueBuilder builder =
                    SingleChronicleQueueBuilder.binary(directory.resolve("queue-" + number));
            ChronicleQueue queue = (synced ? builder.syncMode(SyncMode.SYNC) : builder).build();
            queues.add(queue);
            appenders.add(queue.createAppender());
        }
        tailer = queues.get(0).createTailer();
    }

    @Override
    public void append() {
        for (int at = 0; at < appenders.size(); at++) {
            bytes.readPosition(0);
            appenders.get(at).writeBytes(bytes);
        }
        for (int at = 0; synced && at < appenders.size(); at++) {
            appenders.get(at).sync();
        }
    }

    @Override
    public int read() {
        readBytes.clear();
        if (!tailer.readBytes(readBytes)) {
            tailer.toStart();
            tailer.readBytes(readBytes);
        }
        return (int) readBytes.readRemaining();
    }

    @Override
    public void close() {
        tailer.close();
        appenders.forEach(ExcerptAppender::close);
        queues.forEach(ChronicleQueue::close);
        bytes.releaseLast();
        readBytes.releaseLast();
    }
}
