package io.mainstem.log;

import io.mainstem.log.disk.Disk;
import io.mainstem.log.disk.DiskFile;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.SyncFailedException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * A disk with bad days, all decided by one seed: it loses what was not synced, tears writes between sectors, flips bits
 * in sectors that were being written, runs full, and fails a sync.
 */
final class SimulatedDisk implements Disk {

    private static final int NEVER = -1;

    private final Random random;
    private final SimulatedDirectory root = new SimulatedDirectory();
    private long capacityBytes = Long.MAX_VALUE;
    private int changesUntilPowerLoss = NEVER;
    private int syncsUntilFailure = NEVER;
    private int boot;
    private boolean dead;

    SimulatedDisk(Random random) {
        this.random = random;
    }

    /** Lets the power go at the n-th change from now, in the middle of it. */
    synchronized void losePowerAfter(int changes) {
        changesUntilPowerLoss = changes;
    }

    synchronized void failSyncAfter(int syncs) {
        syncsUntilFailure = syncs;
    }

    synchronized void limit(long newCapacityBytes) {
        capacityBytes = newCapacityBytes;
    }

    synchronized boolean isDead() {
        return dead;
    }

    synchronized long usedBytes() {
        return used(root);
    }

    /** The process dies, and all that it had open; the page cache lives on. */
    synchronized void kill() {
        boot++;
        dead = false;
        changesUntilPowerLoss = NEVER;
        syncsUntilFailure = NEVER;
        capacityBytes = Long.MAX_VALUE;
    }

    /** The machine goes down and comes up again. */
    synchronized void losePower() {
        int keepPercent = List.of(0, 50, 90, 100).get(random.nextInt(4));
        losePower(root, keepPercent, random.nextInt(3) == 0);
        kill();
    }

    /** The machine goes down and takes along whatever was not synced. */
    synchronized void losePowerAndAllThatIsUnsynced() {
        losePower(root, 0, false);
        kill();
    }

    @Override
    public synchronized DiskFile open(String path) throws IOException {
        ensureAlive(boot);
        if (parentOf(path).entries().get(nameOf(path)) instanceof SimulatedFile file) {
            return new Handle(path, file, boot);
        }
        throw new FileNotFoundException(path);
    }

    @Override
    public synchronized DiskFile create(String path) throws IOException {
        SimulatedDirectory parent = parentOf(path);
        String name = nameOf(path);
        if (!parent.entries().containsKey(name)) {
            countChange();
            SimulatedFile created = new SimulatedFile();
            parent.change(entries -> entries.put(name, created));
        }
        return open(path);
    }

    @Override
    public synchronized List<String> list(String directory) {
        ensureAlive(boot);
        SimulatedDirectory found = find(directory);
        return found == null ? List.of() : List.copyOf(found.entries().keySet());
    }

    @Override
    public synchronized void createDirectory(String path) throws IOException {
        SimulatedDirectory parent = parentOf(path);
        String name = nameOf(path);
        if (!parent.entries().containsKey(name)) {
            countChange();
            SimulatedDirectory created = new SimulatedDirectory();
            parent.change(entries -> entries.put(name, created));
        }
    }

    @Override
    public synchronized void rename(String from, String to) throws IOException {
        countChange();
        SimulatedDirectory parent = parentOf(from);
        String oldName = nameOf(from);
        String newName = nameOf(to);
        if (!parent.entries().containsKey(oldName) || parent.entries().containsKey(newName)) {
            throw new IOException("cannot rename " + from + " to " + to);
        }
        parent.change(entries -> entries.put(newName, entries.remove(oldName)));
    }

    @Override
    public synchronized void delete(String path) throws IOException {
        countChange();
        SimulatedDirectory parent = parentOf(path);
        String name = nameOf(path);
        if (parent.entries().get(name) instanceof SimulatedDirectory directory
                && !directory.entries().isEmpty()) {
            throw new IOException(path + " is not empty");
        }
        parent.change(entries -> entries.remove(name));
    }

    @Override
    public synchronized void syncDirectory(String path) throws SyncFailedException {
        countChange();
        countSync();
        SimulatedDirectory directory = find(path);
        if (directory == null) {
            throw new SyncFailedException(path + " is no directory");
        }
        directory.sync();
    }

    private void countChange() {
        ensureAlive(boot);
        if (changesUntilPowerLoss != NEVER && changesUntilPowerLoss-- == 0) {
            dead = true;
            throw new PowerLoss();
        }
    }

    private void countSync() throws SyncFailedException {
        if (syncsUntilFailure != NEVER && syncsUntilFailure-- == 0) {
            throw new SyncFailedException("simulated");
        }
    }

    private void ensureAlive(int handleBoot) {
        if (dead || handleBoot != boot) {
            throw new PowerLoss();
        }
    }

    private SimulatedDirectory parentOf(String path) throws IOException {
        int slash = path.lastIndexOf('/');
        SimulatedDirectory parent = find(slash < 0 ? "" : path.substring(0, slash));
        if (parent == null) {
            throw new FileNotFoundException("parent of " + path);
        }
        return parent;
    }

    private static String nameOf(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    private @Nullable SimulatedDirectory find(String path) {
        SimulatedDirectory directory = root;
        for (String name : path.isEmpty() ? new String[0] : path.split("/", -1)) {
            if (!(directory.entries().get(name) instanceof SimulatedDirectory child)) {
                return null;
            }
            directory = child;
        }
        return directory;
    }

    private void losePower(SimulatedDirectory directory, int keepPercent, boolean flipBits) {
        directory.losePower(random, keepPercent);
        for (Object entry : directory.entries().values()) {
            if (entry instanceof SimulatedDirectory child) {
                losePower(child, keepPercent, flipBits);
            } else {
                ((SimulatedFile) entry).losePower(random, keepPercent, flipBits);
            }
        }
    }

    private static long used(SimulatedDirectory directory) {
        long bytes = 0;
        for (Object entry : directory.entries().values()) {
            bytes += entry instanceof SimulatedDirectory child ? used(child) : ((SimulatedFile) entry).size();
        }
        return bytes;
    }

    private final class Handle implements DiskFile {

        private final SimulatedFile file;
        private final int openedAtBoot;
        private String path;

        Handle(String path, SimulatedFile file, int openedAtBoot) {
            this.path = path;
            this.file = file;
            this.openedAtBoot = openedAtBoot;
        }

        @Override
        public long sizeInBytes() {
            synchronized (SimulatedDisk.this) {
                ensureAlive(openedAtBoot);
                return file.size();
            }
        }

        @Override
        public void read(ByteBuffer into, long position) {
            synchronized (SimulatedDisk.this) {
                ensureAlive(openedAtBoot);
                int count = (int) Math.min(into.remaining(), file.size() - position);
                if (count > 0) {
                    into.put(file.cached(), (int) position, count);
                }
            }
        }

        @Override
        public void write(ByteBuffer from, long position) throws IOException {
            synchronized (SimulatedDisk.this) {
                ensureAlive(openedAtBoot);
                byte[] bytes = new byte[from.remaining()];
                from.get(bytes);
                try {
                    countChange();
                } catch (PowerLoss e) {
                    file.write(bytes, random.nextInt(bytes.length + 1), (int) position);
                    throw e;
                }
                long growth = Math.max(0, position + bytes.length - file.size());
                if (growth > 0 && usedBytes() + growth > capacityBytes) {
                    file.write(bytes, random.nextInt(bytes.length), (int) position);
                    throw new IOException("No space left on device");
                }
                file.write(bytes, bytes.length, (int) position);
            }
        }

        @Override
        public void truncate(long sizeInBytes) {
            synchronized (SimulatedDisk.this) {
                ensureAlive(openedAtBoot);
                countChange();
                file.truncate((int) sizeInBytes);
            }
        }

        @Override
        public void sync() throws SyncFailedException {
            synchronized (SimulatedDisk.this) {
                ensureAlive(openedAtBoot);
                countChange();
                try {
                    countSync();
                } catch (SyncFailedException e) {
                    file.failSync();
                    throw e;
                }
                file.sync();
            }
        }

        @Override
        public void rename(String newPath) throws IOException {
            synchronized (SimulatedDisk.this) {
                ensureAlive(openedAtBoot);
                SimulatedDisk.this.rename(path, newPath);
                path = newPath;
            }
        }

        @Override
        public Optional<Pinned> pin() {
            return Optional.empty();
        }

        @Override
        public void close() {
            // Nothing to let go of.
        }
    }
}
