package io.mainstem.log.disk;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** One way to a file, which is open while it is used and for as long as there is room. For any thread. */
final class PooledChannel {

    private Path path;
    private final StandardOpenOption mode;
    private final OpenFiles openFiles;
    private @Nullable FileChannel channel;
    private int users;
    private long writes;
    private long syncedWrites;
    private boolean usedLately;
    private boolean closed;

    PooledChannel(Path path, StandardOpenOption mode, OpenFiles openFiles) {
        this.path = path;
        this.mode = mode;
        this.openFiles = openFiles;
    }

    /** Stays open until {@link #release}. */
    FileChannel acquire() throws IOException {
        FileChannel open = acquireOpen();
        if (open != null) {
            return open;
        }
        openFiles.makeRoom();
        synchronized (this) {
            open = acquireOpen();
            if (open == null) {
                open = FileChannel.open(path, mode);
                channel = open;
                openFiles.add(this);
                use();
            }
            return open;
        }
    }

    synchronized Path path() {
        return path;
    }

    /** The file has another name from now on. */
    synchronized void rename(Path newPath) {
        path = newPath;
    }

    synchronized void release() {
        users--;
    }

    /** Something is about to be written; the channel stays open until that is synced, or a failure would go unseen. */
    synchronized void writing() {
        writes++;
    }

    synchronized long writes() {
        return writes;
    }

    /** All that was written before has been synced. */
    synchronized void synced(long writesBefore) {
        syncedWrites = Math.max(syncedWrites, writesBefore);
    }

    /** Called when another one needs the room, and after it was taken from the open ones. */
    synchronized void closeUnlessNeeded() {
        if (channel == null) {
            return;
        }
        if (users > 0 || writes > syncedWrites || usedLately) {
            usedLately = false;
            openFiles.add(this);
            return;
        }
        try {
            channel.close();
        } catch (IOException e) {
            // Nothing that was written can be lost with it.
        }
        channel = null;
    }

    synchronized void close() throws IOException {
        closed = true;
        openFiles.remove(this);
        if (channel != null) {
            channel.close();
            channel = null;
        }
    }

    private synchronized @Nullable FileChannel acquireOpen() throws IOException {
        if (closed) {
            throw new IOException(path + " is closed");
        }
        FileChannel open = channel;
        if (open == null || !open.isOpen()) {
            return null; // the latter when a thread was interrupted that used it
        }
        use();
        return open;
    }

    private void use() {
        users++;
        usedLately = true;
    }
}
