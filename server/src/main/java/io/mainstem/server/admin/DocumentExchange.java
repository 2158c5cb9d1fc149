package io.mainstem.server.admin;

import com.fasterxml.jackson.databind.JsonNode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A small request and a small answer, both of them documents or nothing. */
final class DocumentExchange implements Exchange {

    /** @param document null for an answer without one */
    record Answer(HttpResponseStatus status, @Nullable JsonNode document) {

        static Answer ok(JsonNode document) {
            return new Answer(HttpResponseStatus.OK, document);
        }
    }

    private final Connection connection;
    private final Function<ByteBuf, CompletionStage<Answer>> handler;
    private final ByteBuf body = Unpooled.buffer(0);

    /** @param handler is given the body, and may throw what {@link Problem#of} knows */
    DocumentExchange(Connection connection, Function<ByteBuf, CompletionStage<Answer>> handler) {
        this.connection = connection;
        this.handler = handler;
    }

    @Override
    public void begin() {
        connection.read();
    }

    @Override
    public void content(ByteBuf part) {
        int limit = connection.options().maxDocumentBytes();
        if (body.readableBytes() + part.readableBytes() > limit) {
            throw Problem.tooLarge("a body of more than " + limit + " bytes");
        }
        body.writeBytes(part);
        connection.read();
    }

    @Override
    public void end() {
        var unused = handler.apply(body)
                .whenComplete((answer, failure) -> connection.execute(() -> {
                    if (failure != null) {
                        connection.fail(this, Problem.of(failure));
                    } else {
                        connection.answer(this, answer.status(), answer.document());
                    }
                }));
    }
}
