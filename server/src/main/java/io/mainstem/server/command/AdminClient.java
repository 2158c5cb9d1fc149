package io.mainstem.server.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.mainstem.server.admin.AdminSocket;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The admin interface of the broker of a data directory, as far as commands need it. Every request has a connection of
 * its own. Methods fail with a {@link CommandException} when there is no broker, and with a {@link ProblemException}
 * when it refuses. Not safe for use by several threads.
 */
final class AdminClient {

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final int FIRST_ERROR_STATUS = 400;

    private final Path dataDirectory;

    AdminClient(Path dataDirectory) {
        this.dataDirectory = dataDirectory;
    }

    /** Encodes a name for a path, or a value for a query. */
    static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    JsonNode get(String path) {
        return exchange(HttpMethod.GET, path, Unpooled.EMPTY_BUFFER);
    }

    JsonNode delete(String path) {
        return exchange(HttpMethod.DELETE, path, Unpooled.EMPTY_BUFFER);
    }

    JsonNode send(HttpMethod method, String path, JsonNode document) {
        return exchange(method, path, Unpooled.wrappedBuffer(document.toString().getBytes(StandardCharsets.UTF_8)));
    }

    JsonNode post(String path, ByteBuf body) {
        return exchange(HttpMethod.POST, path, body);
    }

    /** Begins to read an answer that is a stream of lines; the caller closes it. */
    LineReader lines(String path) {
        HttpConnection connection = connect();
        try {
            InputStream body = request(connection, HttpMethod.GET, path, Unpooled.EMPTY_BUFFER);
            return new LineReader(body);
        } catch (RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    private JsonNode exchange(HttpMethod method, String path, ByteBuf body) {
        try (HttpConnection connection = connect()) {
            return read(request(connection, method, path, body));
        }
    }

    private InputStream request(HttpConnection connection, HttpMethod method, String path, ByteBuf body) {
        try {
            DefaultFullHttpRequest request = new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, method, path, body);
            request.headers().set(HttpHeaderNames.HOST, "mainstem");
            request.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
            if (body.isReadable()) {
                request.headers().setInt(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes());
            }
            HttpConnection.Response response = connection.send(request);
            if (response.status() >= FIRST_ERROR_STATUS) {
                throw new ProblemException(read(response.body()));
            }
            return response.body();
        } catch (IOException e) {
            throw gone(e);
        }
    }

    private JsonNode read(InputStream body) {
        try {
            JsonNode document = MAPPER.readTree(body);
            return document.isMissingNode() ? JsonNodeFactory.instance.nullNode() : document;
        } catch (IOException e) {
            throw gone(e);
        }
    }

    private HttpConnection connect() {
        Path socket = AdminSocket.find(dataDirectory).orElseThrow(() -> notRunning(null));
        try {
            return HttpConnection.open(socket);
        } catch (IOException e) {
            throw notRunning(e);
        }
    }

    private CommandException notRunning(@Nullable IOException cause) {
        String because = cause == null || String.valueOf(cause.getMessage()).contains("refused")
                ? ""
                : " (" + cause.getMessage() + ")";
        return new CommandException("no broker is running on " + dataDirectory + because
                + "; start one with: mainstem start --data " + dataDirectory);
    }

    private CommandException gone(IOException cause) {
        return new CommandException("the broker on " + dataDirectory + " has gone: " + cause.getMessage(), cause);
    }
}
