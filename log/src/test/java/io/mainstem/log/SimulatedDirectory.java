package io.mainstem.log;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Names of files and directories, and the changes to them that the platter does not have yet. */
final class SimulatedDirectory {

    private NavigableMap<String, Object> cached = new TreeMap<>();
    private final NavigableMap<String, Object> durable = new TreeMap<>();
    private final List<Consumer<NavigableMap<String, Object>>> unsynced = new ArrayList<>();

    NavigableMap<String, Object> entries() {
        return cached;
    }

    void change(Consumer<NavigableMap<String, Object>> change) {
        change.accept(cached);
        unsynced.add(change);
    }

    void sync() {
        unsynced.forEach(change -> change.accept(durable));
        unsynced.clear();
    }

    /** A journaling file system loses changes from the end. */
    void losePower(Random random, int keepPercent) {
        int kept = 0;
        while (kept < unsynced.size() && random.nextInt(100) < keepPercent) {
            kept++;
        }
        unsynced.subList(0, kept).forEach(change -> change.accept(durable));
        unsynced.clear();
        cached = new TreeMap<>(durable);
    }
}
