package io.mainstem.bench.soak.check;

import java.util.HashMap;
import java.util.Map;

/** How far one reader has come with each source since it was connected, or got its partition. Of one thread. */
public final class Stint {

    private final int life;
    private final Map<Integer, Long> last = new HashMap<>();

    /** @param life the broker's, in which it began */
    public Stint(int life) {
        this.life = life;
    }

    int life() {
        return life;
    }

    /** Whether it comes after all others of its source. */
    boolean advances(Message message) {
        Long before = last.get(message.source());
        if (before != null && message.sequence() <= before) {
            return false;
        }
        last.put(message.source(), message.sequence());
        return true;
    }
}
