package io.mainstem.bench.soak;

import java.util.ArrayList;
import java.util.List;

/** At most so many samples, however long it takes: when there are too many, each second one goes. */
final class Samples {

    private final int most;
    private final List<Sample> kept = new ArrayList<>();
    private int each = 1;
    private int turn;

    Samples(int most) {
        this.most = most;
    }

    synchronized void add(Sample sample) {
        turn = (turn + 1) % each;
        if (turn != 0) {
            return;
        }
        kept.add(sample);
        if (kept.size() > most) {
            for (int index = kept.size() - 1; index > 0; index -= 2) {
                kept.remove(index - 1);
            }
            each *= 2;
        }
    }

    synchronized List<Sample> all() {
        return List.copyOf(kept);
    }
}
