package io.mainstem.broker;

/** What a queue wants of a topic; how that is read is the {@link Routing} of the topic. */
public record QueueBinding(Topic topic, BindingSpec spec) {}
