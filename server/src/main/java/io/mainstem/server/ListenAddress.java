package io.mainstem.server;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Optional;

/**
 * Where a listener is to listen.
 *
 * @param port 0 takes a free one
 */
record ListenAddress(String host, int port) {

    private static final int HIGHEST_PORT = 65_535;

    /**
     * Reads {@code HOST:PORT} or {@code off}; an IPv6 address stands in brackets.
     *
     * @throws StartException when it is neither
     */
    static Optional<ListenAddress> parse(String text) {
        if (text.equals("off")) {
            return Optional.empty();
        }
        int colon = text.lastIndexOf(':');
        try {
            int port = Integer.parseInt(text.substring(colon + 1));
            if (colon > 0 && port >= 0 && port <= HIGHEST_PORT) {
                String host = text.substring(0, colon);
                boolean bracketed = host.startsWith("[") && host.endsWith("]");
                return Optional.of(new ListenAddress(bracketed ? host.substring(1, host.length() - 1) : host, port));
            }
        } catch (NumberFormatException e) {
            // told below, together with everything else that is no address
        }
        throw new StartException("'" + text + "' is no address; write HOST:PORT, such as 127.0.0.1:9092, or off");
    }

    /** @throws StartException when other machines could reach the address */
    void checkLoopback() {
        if (!resolve().getAddress().isLoopbackAddress()) {
            throw new StartException("refusing to listen on " + this
                    + ": there is no authentication, and other machines could reach it. Use a loopback address such as"
                    + " 127.0.0.1, or --insecure if you know that nobody else is on this network");
        }
    }

    /** @throws StartException when the host is not known */
    InetSocketAddress resolve() {
        try {
            return new InetSocketAddress(InetAddress.getByName(host), port);
        } catch (UnknownHostException e) {
            throw new StartException("unknown host '" + host + "'", e);
        }
    }

    static String toString(InetSocketAddress address) {
        return new ListenAddress(address.getAddress().getHostAddress(), address.getPort()).toString();
    }

    @Override
    public String toString() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
