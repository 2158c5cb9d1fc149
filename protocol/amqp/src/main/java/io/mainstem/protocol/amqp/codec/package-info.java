/**
 * The wire of AMQP 0-9-1 with RabbitMQ's extensions: frames, methods, field tables and message properties between bytes
 * and values. Nothing here does I/O, and whatever the bytes are, reading them ends in a value, in "more bytes are
 * needed", or in an {@link io.mainstem.protocol.amqp.codec.AmqpException}.
 */
@NullMarked
package io.mainstem.protocol.amqp.codec;

import org.jspecify.annotations.NullMarked;
