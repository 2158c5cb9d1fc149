/**
 * The Kafka adapter: Kafka's wire protocol in front of the broker's topics.
 *
 * <p>{@link io.mainstem.protocol.kafka.KafkaListener} is the door. A frame goes through {@code FrameDecoder} to its
 * {@code Connection}, is parsed and handed to the {@code Handler} that {@code Handlers} names for its key, and leaves
 * through {@code ResponseWriter}.
 */
@NullMarked
package io.mainstem.protocol.kafka;

import org.jspecify.annotations.NullMarked;
