package io.mainstem.broker;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Where a change takes effect in the logs of all topics that it concerns: for each topic's number, the first offset
 * after the change, one for each log.
 */
record Cut(Map<Long, long[]> offsetsByTopic) {

    /** For a change that concerns no records. */
    static final Cut NONE = new Cut(Map.of());

    static Cut of(long topic, long[] offsets) {
        return new Cut(Map.of(topic, offsets));
    }

    /** Behind all that is durable now. */
    static Cut behind(Collection<Topic> topics) {
        Map<Long, long[]> offsets = new LinkedHashMap<>();
        topics.forEach(topic -> offsets.put(topic.number(), topic.durableEnds()));
        return new Cut(offsets);
    }

    FieldWriter encode(FieldWriter out) {
        out.number(offsetsByTopic.size());
        offsetsByTopic.forEach((topic, offsets) -> out.number(topic).numbers(offsets));
        return out;
    }

    static Cut decode(FieldReader in) {
        Map<Long, long[]> offsets = new LinkedHashMap<>();
        for (int remaining = in.intNumber(); remaining > 0; remaining--) {
            offsets.put(in.number(), in.numbers());
        }
        return new Cut(offsets);
    }
}
