package io.mainstem.protocol.kafka.groups;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is known of a group.
 *
 * @param type "classic" or "consumer"
 * @param state as Kafka names it: "Stable", "Empty", ...
 * @param assignor how partitions are given out, such as "range"; empty text when nobody is there
 * @param offsets for each partition the offset that the group reads next
 */
public record GroupDescription(
        String groupId,
        String type,
        String state,
        String assignor,
        List<Member> members,
        Map<TopicPlace, Long> offsets) {

    /**
     * One consumer.
     *
     * @param instanceId the name of a static member
     * @param host the address from which it came
     * @param assigned what it reads
     */
    public record Member(
            String memberId, Optional<String> instanceId, String clientId, String host, List<TopicPlace> assigned) {}
}
