package io.mainstem.broker;

/** What tells one binding from another: the queue, the topic, and the key that records are matched with. */
record BindingKey(long queue, long topic, String text) {

    FieldWriter encode(FieldWriter out) {
        return out.number(queue).number(topic).text(text);
    }

    static BindingKey decode(FieldReader in) {
        return new BindingKey(in.number(), in.number(), in.text());
    }
}
