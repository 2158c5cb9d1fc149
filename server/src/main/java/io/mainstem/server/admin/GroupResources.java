package io.mainstem.server.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mainstem.broker.Topic;
import io.mainstem.broker.Topics;
import io.mainstem.protocol.kafka.groups.ConsumerGroups;
import io.mainstem.protocol.kafka.groups.GroupDescription;
import io.mainstem.protocol.kafka.groups.TopicPlace;
import io.mainstem.server.admin.DocumentExchange.Answer;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** {@code /groups}, {@code /groups/ID} and {@code /groups/ID/offsets}. */
final class GroupResources {

    private final Optional<ConsumerGroups> groups;
    private final Topics topics;
    private final TopicLookup lookup;

    /** @param groups empty where Kafka clients are not served */
    GroupResources(Optional<ConsumerGroups> groups, Topics topics, TopicLookup lookup) {
        this.groups = groups;
        this.topics = topics;
        this.lookup = lookup;
    }

    CompletionStage<Answer> list(Request request) {
        request.allowing();
        return groups().list().thenApply(listed -> {
            ObjectNode document = Json.object();
            ArrayNode list = document.putArray("groups");
            listed.forEach(group -> list.addObject()
                    .put("group", group.groupId())
                    .put("type", group.type())
                    .put("state", group.state()));
            return Answer.ok(document);
        });
    }

    CompletionStage<Answer> describe(Request request) {
        String groupId = request.allowing().segment(1);
        return groups().describe(groupId)
                .thenApply(found -> Answer.ok(
                        description(found.orElseThrow(() -> Problem.notFound("no group '" + groupId + "'")))));
    }

    /** Sets where a group goes on, or with dry-run only says where that would be. */
    CompletionStage<Answer> reset(Request request, ByteBuf body) {
        String groupId = request.allowing("dry-run").segment(1);
        ObjectNode wanted = Json.readObject(body);
        Json.requireKnown(wanted, Set.of("topic", "partition", "to"));
        Topic topic = lookup.find(wanted.path("topic").asText());
        Position position = Position.parse(wanted.path("to").asText());
        Map<TopicPlace, Long> offsets = new TreeMap<>();
        JsonNode partition = wanted.path("partition");
        if (partition.isMissingNode()) {
            for (int each = 0; each < topic.partitions(); each++) {
                offsets.put(new TopicPlace(topic.name(), each), position.within(topic, each));
            }
        } else {
            int only = lookup.partition(topic, partition.asInt(-1));
            offsets.put(new TopicPlace(topic.name(), only), position.within(topic, only));
        }
        boolean dryRun = request.flag("dry-run");
        return groups().describe(groupId).thenCompose(found -> {
            if (found.isPresent() && !found.get().members().isEmpty()) {
                throw hasMembers(groupId, found.get().members().size());
            }
            Map<TopicPlace, Long> before = found.map(GroupDescription::offsets).orElse(Map.of());
            CompletionStage<Void> done =
                    dryRun ? CompletableFuture.completedFuture(null) : groups().reset(groupId, offsets);
            return done.thenApply(nothing -> Answer.ok(changes(before, offsets).put("new", found.isEmpty())));
        });
    }

    private static Problem hasMembers(String groupId, int count) {
        return Problem.conflict("group '" + groupId + "' has "
                + (count == 1
                        ? "a member, which would go on where it is; stop it first"
                        : count + " members, which would go on where they are; stop them first"));
    }

    private static ObjectNode changes(Map<TopicPlace, Long> before, Map<TopicPlace, Long> after) {
        ObjectNode document = Json.object();
        ArrayNode list = document.putArray("offsets");
        after.forEach((place, offset) -> list.addObject()
                .put("topic", place.topic())
                .put("partition", place.partition())
                .put("before", before.get(place))
                .put("offset", offset));
        return document;
    }

    private ObjectNode description(GroupDescription group) {
        ObjectNode document = Json.object()
                .put("group", group.groupId())
                .put("type", group.type())
                .put("state", group.state())
                .put("assignor", group.assignor());
        Map<TopicPlace, String> readers = new TreeMap<>();
        ArrayNode members = document.putArray("members");
        for (GroupDescription.Member member : group.members()) {
            members.addObject()
                    .put("member", member.memberId())
                    .put("instance", member.instanceId().orElse(null))
                    .put("client", member.clientId())
                    .put("host", member.host());
            member.assigned().forEach(place -> readers.put(place, member.memberId()));
        }
        Map<TopicPlace, Long> offsets = new TreeMap<>(group.offsets());
        readers.keySet().forEach(place -> offsets.putIfAbsent(place, null));
        ArrayNode list = document.putArray("offsets");
        offsets.forEach((place, offset) -> {
            Long end = end(place);
            list.addObject()
                    .put("topic", place.topic())
                    .put("partition", place.partition())
                    .put("offset", offset)
                    .put("endOffset", end)
                    .put("lag", offset == null || end == null ? null : Long.valueOf(Math.max(0, end - offset)))
                    .put("member", readers.get(place));
        });
        return document;
    }

    private @Nullable Long end(TopicPlace place) {
        return topics.find(place.topic())
                .filter(topic -> place.partition() < topic.partitions())
                .map(topic -> topic.bounds(place.partition()).durableEndOffset())
                .orElse(null);
    }

    private ConsumerGroups groups() {
        return groups.orElseThrow(() -> new Problem(
                HttpResponseStatus.SERVICE_UNAVAILABLE,
                "this broker serves no Kafka clients, and so has no consumer groups; start it with --kafka"));
    }
}
