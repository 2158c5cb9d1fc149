package io.mainstem.server.admin;

import io.netty.buffer.ByteBuf;

/** One request with its answer. Every method is called on the event loop of its connection. */
interface Exchange {

    /** The head of the request was read; the exchange asks its connection for what it wants of the body. */
    default void begin() {}

    /** A part of the body, valid during the call. An exchange that wants no body refuses it here. */
    void content(ByteBuf part);

    /** The body is complete. */
    void end();

    /** The socket takes more. */
    default void writable() {}

    /** The broker stops: answer what there is to say, soon. */
    default void stop() {}

    /** The client has left, and the connection with it. */
    default void gone() {}
}
