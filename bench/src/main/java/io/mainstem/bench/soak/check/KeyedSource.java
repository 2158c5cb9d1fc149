package io.mainstem.bench.soak.check;

import java.util.Arrays;

/** Writes under few keys in a random order, and knows of each key what was sent and acknowledged last. */
public final class KeyedSource extends Source {

    private static final long NONE = -1;

    private final long[] sent;
    private final long[] acknowledged;

    public KeyedSource(int id, String name, int keys) {
        super(id, name);
        sent = new long[keys];
        acknowledged = new long[keys];
        Arrays.fill(sent, NONE);
        Arrays.fill(acknowledged, NONE);
    }

    /** Which key a message has, from its number alone. */
    public int keyOf(long sequence) {
        // the finalizer of SplitMix64: neighbours get keys that have nothing to do with each other
        long mixed = (sequence ^ sequence >>> 30) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ mixed >>> 27) * 0x94d049bb133111ebL;
        return (int) Long.remainderUnsigned(mixed ^ mixed >>> 31, sent.length);
    }

    @Override
    public synchronized Message next() {
        Message message = super.next();
        sent[keyOf(message.sequence())] = message.sequence();
        return message;
    }

    @Override
    public synchronized void acknowledged(long sequence) {
        super.acknowledged(sequence);
        int key = keyOf(sequence);
        acknowledged[key] = Math.max(acknowledged[key], sequence);
    }

    /** What is known now; a reader that begins now finds this, or something newer. */
    public synchronized Latest latest() {
        return new Latest(this, acknowledged.clone());
    }

    /** That a message may be the last of its key. */
    synchronized boolean mayBeThere(int key, long sequence) {
        return sequence >= 0 && sequence <= sent[key] && keyOf(sequence) == key;
    }
}
