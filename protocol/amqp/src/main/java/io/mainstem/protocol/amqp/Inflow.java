package io.mainstem.protocol.amqp;

import io.mainstem.protocol.amqp.codec.Method;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * What a connection has taken from its client and is not done with, and why it does not read on for a while. Used on
 * the connection's event loop only.
 */
final class Inflow {

    private final Connection connection;
    private final ConnectionHandler handler;
    private final Supplier<Set<Shortage>> shortages;

    private boolean publishes;
    private boolean blocked;
    private long unconfirmedBytes;
    private long heldBytes;
    /** The exchanges and queues that wait for their consumers. */
    private final Set<String> full = new LinkedHashSet<>();

    private final List<Runnable> whenPublished = new ArrayList<>();

    Inflow(Connection connection, Supplier<Set<Shortage>> shortages) {
        this.connection = connection;
        this.handler = connection.handler();
        this.shortages = shortages;
    }

    /** A frame waits for its channel. */
    void holding(long bytes) {
        heldBytes += bytes;
        if (heldBytes > connection.options().maxHeldBytes()) {
            handler.pause(ConnectionHandler.HOLDS_TOO_MUCH);
        }
    }

    /** A frame that waited is handled. */
    void released(long bytes) {
        heldBytes -= bytes;
        if (heldBytes <= connection.options().maxHeldBytes() / 2) {
            goOn(ConnectionHandler.HOLDS_TOO_MUCH);
        }
    }

    /** A message is under way to its log. */
    void publishing(long bytes) {
        if (!publishes) {
            publishes = true;
            update();
        }
        unconfirmedBytes += bytes;
        if (unconfirmedBytes > connection.options().maxUnconfirmedBytes()) {
            handler.pause(ConnectionHandler.PUBLISHES_TOO_FAST);
        }
    }

    /**
     * What was taken waits until consumers have made room, and so does what follows.
     *
     * @param what a full exchange or queue, as the virtual host words it
     */
    void waitForRoom(String what, CompletionStage<Void> room) {
        if (full.add(what)) {
            room.whenComplete((free, never) -> connection.execute(() -> {
                full.remove(what);
                update();
            }));
            update();
        }
    }

    /** Messages are durable, or failed. */
    void published(long bytes) {
        unconfirmedBytes -= bytes;
        if (unconfirmedBytes <= connection.options().maxUnconfirmedBytes() / 2) {
            goOn(ConnectionHandler.PUBLISHES_TOO_FAST);
        }
        if (unconfirmedBytes == 0) {
            List<Runnable> waiting = List.copyOf(whenPublished);
            whenPublished.clear();
            waiting.forEach(Runnable::run);
        }
    }

    /** Whether all that was published is durable or has failed. */
    boolean isPublished() {
        return unconfirmedBytes == 0;
    }

    /** Runs this once all that was published is durable or has failed; at once if it is. */
    void whenPublished(Runnable then) {
        if (isPublished()) {
            then.run();
        } else {
            whenPublished.add(then);
        }
    }

    /**
     * There is too little of something, or enough again: who publishes waits so long, and is told if it wants to be.
     */
    void update() {
        Set<Shortage> now = shortages.get();
        boolean block = publishes && connection.isRunning() && !(now.isEmpty() && full.isEmpty());
        if (block == blocked) {
            return;
        }
        blocked = block;
        if (connection.isRunning() && connection.wantsToKnowOfShortages()) {
            if (block) {
                connection.output().method(0, Method.CONNECTION_BLOCKED, reason(now));
            } else {
                connection.output().method(0, Method.CONNECTION_UNBLOCKED);
            }
            connection.output().flush();
        }
        if (block) {
            handler.pause(ConnectionHandler.SHORTAGE);
        } else {
            goOn(ConnectionHandler.SHORTAGE);
        }
    }

    private String reason(Set<Shortage> now) {
        return now.isEmpty()
                ? full.iterator().next() + " is full of messages that consumers have not acknowledged"
                : Shortage.describe(now);
    }

    private void goOn(int reason) {
        if (handler.resume(reason)) {
            handler.decodeMore();
        }
    }
}
