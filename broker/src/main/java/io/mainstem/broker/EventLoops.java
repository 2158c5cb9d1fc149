package io.mainstem.broker;

import java.util.ArrayList;
import java.util.List;

/** The event loops of one broker. Metadata, each topic and each shard belongs to one of them for ever. */
final class EventLoops implements AutoCloseable {

    private final List<? extends EventLoop> loops;

    EventLoops(List<? extends EventLoop> loops) {
        this.loops = List.copyOf(loops);
    }

    static EventLoops threaded(int count) {
        List<ThreadedEventLoop> loops = new ArrayList<>();
        for (int index = 0; index < count; index++) {
            loops.add(new ThreadedEventLoop("mainstem-broker-" + index));
        }
        return new EventLoops(loops);
    }

    EventLoop metadata() {
        return loops.get(0);
    }

    EventLoop of(long number) {
        return loops.get((int) Math.floorMod(number, (long) loops.size()));
    }

    @Override
    public void close() {
        for (EventLoop loop : loops) {
            if (loop instanceof ThreadedEventLoop threaded) {
                threaded.close();
            }
        }
    }
}
