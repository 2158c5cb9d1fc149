package io.mainstem.protocol.kafka;

import io.mainstem.broker.Topic;
import io.mainstem.engine.Bounds;
import io.mainstem.engine.FileSlice;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchResponseData.FetchableTopicResponse;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.BaseRecords;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.requests.FetchRequest;
import org.jspecify.annotations.Nullable;

/** Reads what one fetch request asks for, as much as is there now; may be asked again and again. */
final class FetchReader {

    /** From here on requests name topics by id. */
    private static final short TOPIC_ID_VERSION = 13;

    private static final long NO_OFFSET = -1;

    private final FetchRequest request;
    private final int maxBytes;
    private final List<Place> places = new ArrayList<>();

    FetchReader(Catalog catalog, FetchRequest request, int maxFetchBytes) {
        this.request = request;
        this.maxBytes = Math.min(request.maxBytes(), maxFetchBytes);
        for (FetchTopic topic : request.data().topics()) {
            Optional<Topic> found =
                    request.version() >= TOPIC_ID_VERSION ? catalog.find(topic.topicId()) : catalog.find(topic.topic());
            topic.partitions().forEach(partition -> places.add(new Place(topic, partition, found.orElse(null))));
        }
    }

    /** One partition that is asked for; the topic is null when there is none. */
    record Place(
            FetchTopic asked,
            FetchPartition partition,
            @Nullable Topic topic) {

        int index() {
            return partition.partition();
        }

        /** The topic, if it has such a partition. */
        Optional<Topic> readable() {
            return Optional.ofNullable(topic).filter(it -> Catalog.hasPartition(it, index()));
        }
    }

    /** What was read. {@code isFinal} when waiting for more bytes would be wrong: something is to be told now. */
    static final class Result {
        final FetchResponseData response = new FetchResponseData();
        long sizeInBytes;
        boolean isFinal;

        private void add(Place place, PartitionData data) {
            List<FetchableTopicResponse> topics = response.responses();
            FetchTopic asked = place.asked();
            FetchableTopicResponse last = topics.isEmpty() ? null : topics.get(topics.size() - 1);
            if (last == null
                    || !last.topic().equals(asked.topic())
                    || !last.topicId().equals(asked.topicId())) {
                last = new FetchableTopicResponse().setTopic(asked.topic()).setTopicId(asked.topicId());
                topics.add(last);
            }
            last.partitions().add(data);
            sizeInBytes += data.records().sizeInBytes();
            isFinal |= data.errorCode() != Errors.NONE.code();
        }
    }

    List<Place> places() {
        return places;
    }

    /** One partition after the other, because each gets what the ones before it have left of the response's bytes. */
    CompletionStage<Result> read() {
        Result result = new Result();
        CompletionStage<Result> reading = CompletableFuture.completedFuture(result);
        for (Place place : places) {
            reading = reading.thenCompose(soFar -> read(place, maxBytes - soFar.sizeInBytes))
                    .thenApply(data -> {
                        result.add(place, data);
                        return result;
                    });
        }
        return reading;
    }

    /** Never fails: what goes wrong stands in the answer. */
    private CompletionStage<PartitionData> read(Place place, long bytesLeft) {
        PartitionData data = empty(place.index());
        try {
            Topic topic = place.readable().orElseThrow(this::unknownTopic);
            Client.requireKnownEpoch(place.partition().currentLeaderEpoch());
            long from = place.partition().fetchOffset();
            Bounds before = topic.bounds(place.index());
            if (from < before.firstOffset() || from > before.durableEndOffset()) {
                throw Errors.OFFSET_OUT_OF_RANGE.exception();
            }
            if (from == before.durableEndOffset() || bytesLeft <= 0) {
                return CompletableFuture.completedFuture(complete(data, MemoryRecords.EMPTY, topic, place.index()));
            }
            int limit = (int) Math.max(Math.min(bytesLeft, place.partition().partitionMaxBytes()), 0);
            return read(topic, place.index(), from, limit)
                    .handle((records, failure) ->
                            failure == null ? complete(data, records, topic, place.index()) : fail(data, failure));
        } catch (RuntimeException e) {
            return CompletableFuture.completedFuture(fail(data, e));
        }
    }

    private static CompletionStage<? extends BaseRecords> read(Topic topic, int partition, long from, int limit) {
        Optional<FileSlice> slice = topic.slice(partition, from, limit);
        if (slice.isPresent()) {
            return CompletableFuture.completedFuture(new SliceRecords(slice.get()));
        }
        return topic.read(partition, from, limit).thenApply((ByteBuffer bytes) -> MemoryRecords.readableRecords(bytes));
    }

    private PartitionData empty(int partition) {
        boolean committedOnly = request.data().isolationLevel() == IsolationLevel.READ_COMMITTED.id();
        return new PartitionData()
                .setPartitionIndex(partition)
                .setHighWatermark(NO_OFFSET)
                .setAbortedTransactions(committedOnly ? List.of() : null)
                .setRecords(MemoryRecords.EMPTY);
    }

    /** Takes the bounds after the records, so that no record lies beyond the watermark that comes with it. */
    private static PartitionData complete(PartitionData data, BaseRecords records, Topic topic, int partition) {
        Bounds bounds = topic.bounds(partition);
        return data.setRecords(records)
                .setHighWatermark(bounds.durableEndOffset())
                .setLastStableOffset(bounds.durableEndOffset())
                .setLogStartOffset(bounds.firstOffset());
    }

    private static PartitionData fail(PartitionData data, Throwable failure) {
        return data.setErrorCode(Failures.errorOf(failure).code());
    }

    private RuntimeException unknownTopic() {
        boolean byId = request.version() >= TOPIC_ID_VERSION;
        return (byId ? Errors.UNKNOWN_TOPIC_ID : Errors.UNKNOWN_TOPIC_OR_PARTITION).exception();
    }
}
