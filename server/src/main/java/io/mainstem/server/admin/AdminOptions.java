package io.mainstem.server.admin;

/**
 * The limits of an {@link AdminListener}.
 *
 * @param maxConnections connections that are served at a time; further ones are closed at once
 * @param maxDocumentBytes the largest body that is one JSON document
 * @param maxLineBytes the longest line, and so the largest record, that can be published
 * @param maxInFlightBytes published bytes of one connection that wait to be durable before no more is read
 * @param maxUnwrittenBytes answer bytes of one connection that wait for its socket before no more records are read
 * @param maxIdleMillis a connection that asks for nothing for so long is closed
 * @param closeTimeoutMillis how long closing waits for what is being answered
 */
public record AdminOptions(
        int maxConnections,
        int maxDocumentBytes,
        int maxLineBytes,
        int maxInFlightBytes,
        int maxUnwrittenBytes,
        int maxIdleMillis,
        int closeTimeoutMillis) {

    public AdminOptions {
        if (maxConnections < 1
                || maxDocumentBytes < 1
                || maxLineBytes < 1
                || maxInFlightBytes < 1
                || maxUnwrittenBytes < 1
                || maxIdleMillis < 1
                || closeTimeoutMillis < 0) {
            throw new IllegalArgumentException("options of an admin listener out of range");
        }
    }

    public static AdminOptions defaults() {
        return new AdminOptions(32, 1 << 20, 8 << 20, 1 << 20, 256 << 10, 60_000, 5_000);
    }
}
