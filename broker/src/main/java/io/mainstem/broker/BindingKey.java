package io.mainstem.broker;

/**
 * What tells one binding from another.
 *
 * @param toTopic whether the destination is a topic; otherwise it is a queue
 * @param destination its number
 * @param topic the number of the topic that records come from
 */
record BindingKey(boolean toTopic, long destination, long topic, BindingSpec spec) {

    static BindingKey of(Topic source, Destination destination, BindingSpec spec) {
        if (destination instanceof Topic topic) {
            return new BindingKey(true, topic.number(), source.number(), spec);
        } else if (destination instanceof Queue queue) {
            return new BindingKey(false, queue.number(), source.number(), spec);
        }
        throw new IllegalArgumentException("nothing can be bound to " + destination);
    }

    FieldWriter encode(FieldWriter out) {
        return spec.encode(out.flag(toTopic).number(destination).number(topic));
    }

    static BindingKey decode(FieldReader in) {
        return new BindingKey(in.flag(), in.number(), in.number(), BindingSpec.decode(in));
    }

    /** Of before there was anything but a queue and a key. */
    static BindingKey decodePlain(FieldReader in) {
        return new BindingKey(false, in.number(), in.number(), BindingSpec.key(in.text()));
    }
}
