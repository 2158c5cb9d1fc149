/**
 * The broker without any protocol: topics, and queues as views on them.
 *
 * <p>{@link io.mainstem.broker.Broker} is the door. A record comes in through {@link io.mainstem.broker.Topic}, is
 * routed once it is durable, and goes out through {@link io.mainstem.broker.Queue} or as a stream through the topic
 * again.
 */
@NullMarked
package io.mainstem.broker;

import org.jspecify.annotations.NullMarked;
