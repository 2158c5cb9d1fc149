package io.mainstem.log;

import io.mainstem.log.disk.Disk;
import io.mainstem.log.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads what the journal still vouches for, in the order in which it was committed. */
final class JournalReader {

    private final Disk disk;
    private final RecoveryChecks checks;
    private long lastGeneration;
    private long commitCount;

    /** Receives the batches that a commit added to a log. */
    interface Replay {
        void append(String directory, long segmentBase, long position, ByteBuffer batches) throws IOException;
    }

    private record Found(String name, DiskFile file, long generation, long oldestNeeded) {}

    JournalReader(Disk disk, RecoveryChecks checks) {
        this.disk = disk;
        this.checks = checks;
    }

    /** Hands over every append of every commit up to the first one of each file that is not whole. */
    void replay(Replay replay) throws IOException {
        List<Found> files = findFiles();
        try {
            if (files.isEmpty()) {
                return;
            }
            // The newest file says from which generation on the older ones are needed, too.
            Found newest = files.get(files.size() - 1);
            lastGeneration = newest.generation();
            for (Found found : files) {
                if (found.generation() >= newest.oldestNeeded()) {
                    replay(found, replay);
                }
            }
        } finally {
            for (Found found : files) {
                found.file().close();
            }
        }
    }

    /** All files of the directory; those without a sound header, which nothing needs, come first. */
    List<String> filesNewestFirst() throws IOException {
        List<String> names = new ArrayList<>(disk.list(Layout.JOURNAL));
        List<String> sound = new ArrayList<>();
        for (Found found : findFiles()) {
            found.file().close();
            sound.add(0, found.name());
        }
        names.removeAll(sound);
        names.addAll(sound);
        return names;
    }

    /** The highest generation that was found; 0 when there was none. */
    long lastGeneration() {
        return lastGeneration;
    }

    long commitCount() {
        return commitCount;
    }

    /** Files with a sound header, by generation. One without is new, or was about to be used again. */
    private List<Found> findFiles() throws IOException {
        List<Found> files = new ArrayList<>();
        for (String name : disk.list(Layout.JOURNAL)) {
            DiskFile file = disk.open(Layout.JOURNAL + "/" + name);
            ByteBuffer header = read(file, 0, JournalLayout.HEADER_BYTES);
            if (JournalLayout.isHeader(header)) {
                files.add(new Found(
                        name,
                        file,
                        header.getLong(JournalLayout.HEADER_GENERATION),
                        header.getLong(JournalLayout.HEADER_OLDEST_NEEDED)));
            } else {
                file.close();
            }
        }
        files.sort(Comparator.comparingLong(Found::generation));
        return files;
    }

    private void replay(Found found, Replay replay) throws IOException {
        Map<Integer, String> directories = new HashMap<>();
        long position = JournalLayout.HEADER_BYTES;
        while (true) {
            ByteBuffer header = read(found.file(), position, JournalLayout.COMMIT_HEADER_BYTES);
            if (header.limit() < JournalLayout.COMMIT_HEADER_BYTES) {
                return;
            }
            int length = header.getInt(JournalLayout.COMMIT_LENGTH);
            if (length < JournalLayout.COMMIT_HEADER_BYTES
                    || length > found.file().sizeInBytes() - position
                    || !checks.isCurrent(header, found.generation(), position)) {
                return;
            }
            ByteBuffer commit = read(found.file(), position, length);
            if (!checks.isIntact(commit)) {
                return;
            }
            replayEntries(commit.position(JournalLayout.COMMIT_HEADER_BYTES), directories, replay);
            position += length;
            commitCount++;
        }
    }

    private static void replayEntries(ByteBuffer commit, Map<Integer, String> directories, Replay replay)
            throws IOException {
        while (commit.hasRemaining()) {
            byte type = commit.get();
            int logNumber = commit.getInt();
            if (type == JournalLayout.DEFINE) {
                byte[] name = new byte[commit.getShort()];
                commit.get(name);
                directories.put(logNumber, new String(name, StandardCharsets.US_ASCII));
            } else {
                long segmentBase = commit.getLong();
                long position = commit.getLong();
                int length = commit.getInt();
                String directory = directories.get(logNumber);
                if (type != JournalLayout.APPEND || directory == null) {
                    throw new IOException("the journal has an entry of type " + type + " for log " + logNumber);
                }
                replay.append(directory, segmentBase, position, commit.slice(commit.position(), length));
                commit.position(commit.position() + length);
            }
        }
    }

    private static ByteBuffer read(DiskFile file, long position, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        file.read(bytes, position);
        return bytes.flip();
    }
}
