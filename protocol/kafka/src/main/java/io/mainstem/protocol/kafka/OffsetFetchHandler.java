package io.mainstem.protocol.kafka;

import io.mainstem.broker.Topic;
import io.mainstem.protocol.kafka.groups.Caller;
import io.mainstem.protocol.kafka.groups.GroupCoordination;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseGroup;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponsePartitions;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseTopics;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.OffsetFetchRequest;
import org.apache.kafka.common.requests.OffsetFetchResponse;

/** Tells how far groups have read, of the topics that are asked for or of all. */
final class OffsetFetchHandler implements Handler<OffsetFetchRequest> {

    private final GroupCoordination groups;
    private final Catalog catalog;

    OffsetFetchHandler(GroupCoordination groups, Catalog catalog) {
        this.groups = groups;
        this.catalog = catalog;
    }

    @Override
    public CompletionStage<? extends ApiMessage> handle(OffsetFetchRequest request, Client client) {
        boolean byId = OffsetFetchRequest.useTopicIds(request.version());
        Caller caller = GroupHandlers.caller(request, client);
        List<CompletableFuture<OffsetFetchResponseGroup>> answers = new ArrayList<>();
        for (OffsetFetchRequestGroup group : request.groups()) {
            CompletionStage<OffsetFetchResponseGroup> answer = group.topics() == null
                    ? all(caller, group, request.requireStable())
                    : some(caller, group, request.requireStable(), byId);
            answers.add(answer.toCompletableFuture());
        }
        return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
                .thenApply(done -> new OffsetFetchResponse.Builder(
                                answers.stream().map(CompletableFuture::join).toList())
                        .build(request.version())
                        .data());
    }

    private CompletionStage<OffsetFetchResponseGroup> all(
            Caller caller, OffsetFetchRequestGroup group, boolean requireStable) {
        return groups.offsets(caller, group, requireStable).thenApply(answer -> {
            List<OffsetFetchResponseTopics> visible = new ArrayList<>();
            for (OffsetFetchResponseTopics topic : answer.topics()) {
                catalog.find(topic.name()).ifPresent(known -> visible.add(topic.setTopicId(Catalog.idOf(known))));
            }
            return answer.setTopics(visible);
        });
    }

    private CompletionStage<OffsetFetchResponseGroup> some(
            Caller caller, OffsetFetchRequestGroup group, boolean requireStable, boolean byId) {
        OffsetFetchRequestGroup known = group.duplicate().setTopics(new ArrayList<>());
        List<OffsetFetchResponseTopics> unknown = new ArrayList<>();
        for (OffsetFetchRequestTopics wanted : group.topics()) {
            Optional<Topic> topic = byId ? catalog.find(wanted.topicId()) : catalog.find(wanted.name());
            if (topic.isPresent()) {
                known.topics()
                        .add(wanted.duplicate().setName(topic.get().name()).setTopicId(Catalog.idOf(topic.get())));
            } else if (byId) {
                unknown.add(nothing(wanted, Errors.UNKNOWN_TOPIC_ID));
            } else {
                // Of a topic that is not there nothing is committed, and a client may ask before there is one.
                unknown.add(nothing(wanted, Errors.NONE));
            }
        }
        return groups.offsets(caller, known, requireStable).thenApply(answer -> {
            if (answer.errorCode() != Errors.NONE.code()) {
                return answer;
            }
            unknown.addAll(answer.topics());
            return answer.setTopics(unknown);
        });
    }

    private static OffsetFetchResponseTopics nothing(OffsetFetchRequestTopics wanted, Errors error) {
        OffsetFetchResponseTopics topic =
                new OffsetFetchResponseTopics().setName(wanted.name()).setTopicId(wanted.topicId());
        for (int partition : wanted.partitionIndexes()) {
            topic.partitions()
                    .add(new OffsetFetchResponsePartitions()
                            .setPartitionIndex(partition)
                            .setErrorCode(error.code())
                            .setCommittedOffset(OffsetFetchResponse.INVALID_OFFSET)
                            .setMetadata(OffsetFetchResponse.NO_METADATA));
        }
        return topic;
    }
}
