package io.mainstem.log;

import io.mainstem.log.Layout.Swap;
import io.mainstem.log.disk.Disk;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;

/** The files of one log by their names, at start: finishes what a crash has left half done. */
final class LogFiles {

    private final Disk disk;
    private final String directory;
    private final NavigableSet<Long> segments = new TreeSet<>();
    private final NavigableSet<Long> snapshots = new TreeSet<>();
    private final NavigableSet<Long> firstMarks = new TreeSet<>();
    private final NavigableSet<Long> compactedMarks = new TreeSet<>();
    private final NavigableSet<Long> dirtyMarks = new TreeSet<>();
    private final NavigableSet<Long> indexes = new TreeSet<>();
    private final NavigableSet<Long> timeIndexes = new TreeSet<>();
    private final List<Swap> swaps = new ArrayList<>();

    private LogFiles(Disk disk, String directory) {
        this.disk = disk;
        this.directory = directory;
    }

    /** Lists and tidies up a log's directory. Doing it again after a crash does the same. */
    static LogFiles tidy(Disk disk, String directory) throws IOException {
        LogFiles files = new LogFiles(disk, directory);
        for (String name : disk.list(Layout.logDirectory(directory))) {
            files.add(name);
        }
        for (Swap swap : files.swaps) {
            files.finish(swap);
        }
        files.removeOldMarks();
        files.removeOrphans();
        return files;
    }

    /** Base offsets. */
    NavigableSet<Long> segments() {
        return segments;
    }

    /** The offsets at which producers were remembered. */
    NavigableSet<Long> snapshots() {
        return snapshots;
    }

    /** Base offsets of the segments with both index files. */
    NavigableSet<Long> indexes() {
        NavigableSet<Long> both = new TreeSet<>(indexes);
        both.retainAll(timeIndexes);
        return both;
    }

    Marks marks() {
        long firstOffset = segments.isEmpty() ? 0 : segments.first();
        return new Marks(
                firstMarks.isEmpty() ? firstOffset : Math.max(firstOffset, firstMarks.last()),
                compactedMarks.isEmpty() ? 0 : compactedMarks.last(),
                dirtyMarks.isEmpty() ? 0 : dirtyMarks.last());
    }

    private void add(String name) throws IOException {
        Layout.offsetOf(name, Layout.SEGMENT).ifPresent(segments::add);
        Layout.offsetOf(name, Layout.INDEX).ifPresent(indexes::add);
        Layout.offsetOf(name, Layout.TIME_INDEX).ifPresent(timeIndexes::add);
        Layout.offsetOf(name, Layout.SNAPSHOT).ifPresent(snapshots::add);
        Layout.offsetOf(name, Layout.FIRST).ifPresent(firstMarks::add);
        Layout.offsetOf(name, Layout.COMPACTED).ifPresent(compactedMarks::add);
        Layout.offsetOf(name, Layout.DIRTY).ifPresent(dirtyMarks::add);
        Layout.swapOf(name).ifPresent(swaps::add);
        if (name.endsWith(Layout.CLEANED)) {
            disk.delete(Layout.logDirectory(directory) + "/" + name);
        }
    }

    /** The mark comes first: once the swap has its new name, only the mark keeps the journal from writing over it. */
    private void finish(Swap swap) throws IOException {
        if (compactedMarks.isEmpty() || compactedMarks.last() < swap.end()) {
            disk.create(Layout.file(directory, swap.end(), Layout.COMPACTED)).close();
            compactedMarks.add(swap.end());
        }
        disk.syncDirectory(Layout.logDirectory(directory));
        for (long base : List.copyOf(segments.subSet(swap.base(), swap.end()))) {
            removeSegment(base);
        }
        disk.rename(Layout.swap(directory, swap), Layout.segment(directory, swap.base()));
        segments.add(swap.base());
        disk.syncDirectory(Layout.logDirectory(directory));
    }

    /** Segments before the first offset stay: nothing else may remember their producers. */
    private void removeOldMarks() throws IOException {
        removeAllButTheHighest(firstMarks, Layout.FIRST);
        removeAllButTheHighest(compactedMarks, Layout.COMPACTED);
        removeAllButTheHighest(dirtyMarks, Layout.DIRTY);
    }

    private void removeAllButTheHighest(NavigableSet<Long> marks, String suffix) throws IOException {
        while (marks.size() > 1) {
            disk.delete(Layout.file(directory, marks.first(), suffix));
            marks.pollFirst();
        }
    }

    private void removeOrphans() throws IOException {
        NavigableSet<Long> orphans = new TreeSet<>(indexes);
        orphans.addAll(timeIndexes);
        orphans.removeAll(segments);
        for (long base : orphans) {
            removeIndex(base);
        }
    }

    private void removeSegment(long base) throws IOException {
        disk.delete(Layout.segment(directory, base));
        segments.remove(base);
        removeIndex(base);
    }

    private void removeIndex(long base) throws IOException {
        disk.delete(Layout.file(directory, base, Layout.INDEX));
        disk.delete(Layout.file(directory, base, Layout.TIME_INDEX));
        indexes.remove(base);
        timeIndexes.remove(base);
    }
}
