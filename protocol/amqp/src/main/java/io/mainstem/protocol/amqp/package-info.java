/**
 * AMQP 0-9-1 as RabbitMQ's clients speak it: an exchange is a topic, a queue is a queue.
 *
 * <p>{@link io.mainstem.protocol.amqp.AmqpListener} is the door. A connection lives on one event loop, which alone
 * touches its state; what the broker reports from its own threads (a message is durable, a delivery is due) is handed
 * over to that loop first. A published message goes {@code ConnectionHandler -> Connection -> AmqpChannel -> Publishing
 * -> Publisher} to the broker and its confirm comes back through {@code Confirms}; a delivery comes in at
 * {@code ChannelConsumer} and leaves through {@code Outbox}.
 */
@NullMarked
package io.mainstem.protocol.amqp;

import org.jspecify.annotations.NullMarked;
