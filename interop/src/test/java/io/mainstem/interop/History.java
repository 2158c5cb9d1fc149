package io.mainstem.interop;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What one client of a queue has seen and done, in order. Times are of {@link System#nanoTime}, which is the monotonic
 * clock that other programs on the machine read, too.
 */
final class History {

    /** The first letter is what programs in other languages write. */
    enum Kind {
        CONNECTED,
        DELIVERED,
        REDELIVERED,
        ACKNOWLEDGED,
        /** A message of the client itself, sent at the time given and by now confirmed. */
        MARKER_CONFIRMED
    }

    /** @param digest of which message; empty where there is none */
    record Event(Kind kind, long nanos, String digest) {}

    private final String client;
    private final List<Event> events = new ArrayList<>();
    private final Set<String> seen;

    /** @param seen gets the digest of every message delivered */
    History(String client, Set<String> seen) {
        this.client = client;
        this.seen = seen;
    }

    String client() {
        return client;
    }

    synchronized void add(Kind kind, long nanos, String digest) {
        events.add(new Event(kind, nanos, digest));
        if (kind == Kind.DELIVERED || kind == Kind.REDELIVERED) {
            seen.add(digest);
        }
    }

    /** A line such as {@code D 123456 deadbeef}. */
    void add(String line) {
        String[] words = line.split(" ", -1);
        for (Kind kind : Kind.values()) {
            if (words.length == 3 && kind.name().startsWith(words[0])) {
                add(kind, Long.parseLong(words[1]), words[2]);
                return;
            }
        }
        throw new IllegalArgumentException("not an event: " + line);
    }

    synchronized List<Event> events() {
        return List.copyOf(events);
    }
}
