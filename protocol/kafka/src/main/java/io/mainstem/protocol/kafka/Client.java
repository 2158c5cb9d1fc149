package io.mainstem.protocol.kafka;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Promise;
import java.net.InetSocketAddress;

/**
 * What a handler knows of the connection that asks.
 *
 * @param node the address under which the client reached this listener, which is the address to give it
 * @param executor the connection's event loop, for timers
 * @param leaving succeeds when the connection is closed or about to be: what waits should stop waiting
 */
record Client(InetSocketAddress node, EventExecutor executor, Promise<Void> leaving) {

    /** Every client sees one broker, and this is its number. */
    static final int NODE_ID = 1;

    /** Logs do not change hands yet. */
    static final int LEADER_EPOCH = 0;

    String host() {
        if (node.isUnresolved()) {
            return node.getHostString();
        }
        String address = node.getAddress().getHostAddress();
        int zone = address.indexOf('%');
        return zone < 0 ? address : address.substring(0, zone);
    }

    int port() {
        return node.getPort();
    }
}
