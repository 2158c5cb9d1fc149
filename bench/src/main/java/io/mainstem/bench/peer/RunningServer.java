package io.mainstem.bench.peer;

import java.util.Map;

/**
 * A server that serves until it is closed.
 *
 * @param addresses for clients of each protocol that it speaks, as host and port
 * @param process what does the work
 * @param launchedNanos when its process was started, by the clock of System.nanoTime
 */
public record RunningServer(
        Contestant contestant, Map<Protocol, String> addresses, ServerProcess process, long launchedNanos)
        implements AutoCloseable {

    /** Where clients of a protocol find it, as host and port. */
    public String address(Protocol protocol) {
        String address = addresses.get(protocol);
        if (address == null) {
            throw new IllegalArgumentException(contestant.name() + " does not speak " + protocol);
        }
        return address;
    }

    /** Ends it without a word. */
    public void kill() {
        process.kill();
    }

    @Override
    public void close() {
        process.stop();
    }
}
