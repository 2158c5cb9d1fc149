package io.mainstem.protocol.kafka;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.FutureListener;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.NotCoordinatorException;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/**
 * What a handler knows of the connection that asks.
 *
 * @param id what the client calls itself; empty text if nothing
 * @param address where the client is
 * @param node the address under which the client reached this listener, which is the address to give it
 * @param executor the connection's event loop, for timers
 * @param leaving succeeds when the connection is closed or about to be: what waits should stop waiting
 * @param readsNothingUntil told, on the event loop, of what has to be done before further requests are of use
 */
record Client(
        String id,
        InetAddress address,
        InetSocketAddress node,
        EventExecutor executor,
        Promise<Void> leaving,
        Consumer<CompletionStage<?>> readsNothingUntil) {

    /** Every client sees one broker, and this is its number. */
    static final int NODE_ID = 1;

    /** Logs do not change hands yet. */
    static final int LEADER_EPOCH = 0;

    /** The same connection with the name that a request brings. */
    Client named(@Nullable String newId) {
        return newId == null || newId.equals(id)
                ? this
                : new Client(newId, address, node, executor, leaving, readsNothingUntil);
    }

    /** Answers as soon as there is an answer, but fails at once when the connection is about to be closed. */
    <T> CompletionStage<T> waitFor(CompletionStage<T> answer) {
        CompletableFuture<T> first = new CompletableFuture<>();
        FutureListener<Void> left =
                end -> first.completeExceptionally(new NotCoordinatorException("the connection ends"));
        leaving.addListener(left);
        answer.whenComplete((value, failure) -> {
            leaving.removeListener(left);
            if (failure == null) {
                first.complete(value);
            } else {
                first.completeExceptionally(failure);
            }
        });
        return first;
    }

    /** @throws ApiException when a client knows of a later epoch than the only one that there is */
    static void requireKnownEpoch(int epoch) {
        if (epoch > LEADER_EPOCH) {
            throw Errors.UNKNOWN_LEADER_EPOCH.exception();
        }
    }

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
