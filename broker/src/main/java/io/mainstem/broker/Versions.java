package io.mainstem.broker;

import java.util.Arrays;

/**
 * Says of each record of one log which changes of bindings it comes after: the newest of those that were made at or
 * before its offset. Only changes that concern the log's topic stand here. Immutable; each larger one shares what it
 * can with the one before, so they are made by one thread.
 */
final class Versions {

    /** Before all changes. */
    static final long NONE = 0;

    static final Versions EMPTY = new Versions(new long[4], new long[4], 0);

    private final long[] offsets;
    private final long[] versions;
    private final int count;

    private Versions(long[] offsets, long[] versions, int count) {
        this.offsets = offsets;
        this.versions = versions;
        this.count = count;
    }

    /** The records from an offset on, which is not before that of the last change, come after this change too. */
    Versions with(long offset, long version) {
        boolean replaces = count > 0 && offsets[count - 1] >= offset;
        int at = replaces ? count - 1 : count;
        // What others may be reading is never written again.
        boolean copies = replaces || count == 0 || at == offsets.length;
        long[] newOffsets = copies ? Arrays.copyOf(offsets, Math.max(offsets.length, 2 * at)) : offsets;
        long[] newVersions = copies ? Arrays.copyOf(versions, newOffsets.length) : versions;
        newOffsets[at] = replaces ? offsets[at] : offset;
        newVersions[at] = version;
        return new Versions(newOffsets, newVersions, at + 1);
    }

    /** Whether the next change makes it take more room, and it is time to see what of it can go. */
    boolean isFull() {
        return count == offsets.length;
    }

    /**
     * The same without the changes that make no difference.
     *
     * @param differences ascending, the changes that began or ended a binding that is remembered
     */
    Versions keeping(long[] differences) {
        Versions kept = EMPTY;
        for (int index = 0; index < count; index++) {
            int next = Arrays.binarySearch(differences, kept.latest() + 1);
            int firstAfter = next >= 0 ? next : -next - 1;
            if (index == 0 || (firstAfter < differences.length && differences[firstAfter] <= versions[index])) {
                kept = kept.with(offsets[index], versions[index]);
            }
        }
        return kept;
    }

    long at(long offset) {
        int index = indexAt(offset);
        return index < 0 ? NONE : versions[index];
    }

    /** The first offset after this one whose version is another; Long.MAX_VALUE if there is none. */
    long nextChangeAfter(long offset) {
        int next = indexAt(offset) + 1;
        return next == count ? Long.MAX_VALUE : offsets[next];
    }

    long latest() {
        return count == 0 ? NONE : versions[count - 1];
    }

    /** The first offset with at least this version; Long.MAX_VALUE if there is none. */
    long firstOffsetFrom(long version) {
        int found = Arrays.binarySearch(versions, 0, count, version);
        int index = found >= 0 ? found : -found - 1;
        return index == count ? Long.MAX_VALUE : offsets[index];
    }

    private int indexAt(long offset) {
        int found = Arrays.binarySearch(offsets, 0, count, offset);
        return found >= 0 ? found : -found - 2;
    }
}
