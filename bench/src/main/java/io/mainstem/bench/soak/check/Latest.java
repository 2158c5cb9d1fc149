package io.mainstem.bench.soak.check;

import io.mainstem.bench.soak.check.Violations.Kind;
import java.util.Arrays;

/**
 * One reading of a compacted topic from its beginning: what it finds last of each key is the last that was
 * acknowledged.
 */
public final class Latest {

    private static final long NONE = -1;

    private final KeyedSource source;
    private final long[] acknowledged;
    private final long[] found;
    private long last = NONE;
    private long records;

    Latest(KeyedSource source, long[] acknowledged) {
        this.source = source;
        this.acknowledged = acknowledged;
        this.found = new long[acknowledged.length];
        Arrays.fill(found, NONE);
    }

    /** The next record. */
    public void read(int key, Message message, Violations violations) {
        records++;
        if (message.source() != source.id() || !source.mayBeThere(key, message.sequence())) {
            violations.report(Kind.STRANGE, source.name(), message + " under key " + key);
            return;
        }
        if (message.sequence() <= last) {
            violations.report(Kind.OUT_OF_ORDER, source.name(), message + " after " + last);
        }
        last = message.sequence();
        found[key] = message.sequence();
    }

    /** There are no more. */
    public void end(Violations violations) {
        for (int key = 0; key < found.length; key++) {
            if (found[key] < acknowledged[key]) {
                violations.report(
                        Kind.LOST,
                        source.name(),
                        "key " + key + " has " + found[key] + " where " + acknowledged[key] + " was acknowledged");
            }
        }
    }

    /** How many were read. */
    public long records() {
        return records;
    }
}
