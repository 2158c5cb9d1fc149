package io.mainstem.log;

import io.mainstem.engine.EngineException;
import io.mainstem.engine.EngineException.Kind;
import java.io.IOException;
import java.io.SyncFailedException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The single writer of all durable logs: takes the commands that wait, and makes what they append durable with one
 * sync. What arrives while it syncs is the next commit.
 *
 * <p>The order within a commit: the segments are written, the journal is written, the journal is synced, readers and
 * callers learn of it. Segments come first because only they can find the disk full, and as long as the journal has
 * nothing a commit can be taken back. They are synced much later, by the background; until then the journal has all
 * that they may lack.
 *
 * <p>Runs on one thread, or in a test's steps.
 */
final class Committer {

    private static final Logger LOG = LoggerFactory.getLogger(Committer.class);

    private final CommandQueue commands;
    private final LogStore store;
    private final Lifecycle lifecycle;
    private final LocalOptions options;

    /** None when the operating system's word is enough. */
    private final @Nullable Journal journal;

    /** The disk did not take the last commit; said once, when it begins and when it ends. */
    private boolean refusing;

    /** Direct, so that the bytes are copied once for both writes; grows to what one commit needs. */
    private ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 16);

    Committer(LogStore store, LocalOptions options, Lifecycle lifecycle, @Nullable Journal journal) {
        this.commands = store.commands();
        this.store = store;
        this.options = options;
        this.lifecycle = lifecycle;
        this.journal = journal;
    }

    /** One commit or one task; returns 0 when there was nothing that could be done. */
    int step() {
        if (lifecycle.hasStopped()) {
            return commands.refuseAll();
        }
        if (!store.isReady() || (journal != null && !journal.isReady())) {
            return 0;
        }
        Command next = commands.peek();
        if (next instanceof Command.Task task) {
            commands.take(task);
            run(task);
            return 1;
        }
        if (next == null) {
            return 0;
        }
        Commit commit = collect();
        if (!commit.isEmpty()) {
            execute(commit);
        }
        return 1;
    }

    boolean isIdle() {
        return commands.isEmpty();
    }

    /** Takes appends up to the first task, so that all happens in the order in which it was asked for. */
    private Commit collect() {
        Commit commit = new Commit(options.commitBytes(), options.unsyncedFiles());
        while (commands.peek() instanceof Command.Append append && commit.hasRoomFor(append)) {
            commands.take(append);
            commit.add(append);
        }
        return commit;
    }

    private void execute(Commit commit) {
        try {
            if (!commit.writes().isEmpty()) {
                makeDurable(commit);
            }
        } catch (SyncFailedException | RuntimeException e) {
            stop(commit, e);
            return;
        } catch (IOException e) {
            takeBack(commit, e);
            return;
        }
        if (refusing) {
            refusing = false;
            LOG.warn("the disk takes what is appended again");
        }
        commit.succeed();
    }

    private void makeDurable(Commit commit) throws IOException {
        if (journal != null) {
            journal.reserve(commit.sizeInBytes());
        }
        for (LogWrite write : commit.writes()) {
            write.moveTo(store.segmentFor(write));
        }
        ByteBuffer bytes = encode(commit);
        for (LogWrite write : commit.writes()) {
            write.segment().file().write(write.bytes(), write.segment().readableBytes());
            store.wrote(write.segment(), write.sizeInBytes());
        }
        if (journal != null) {
            journal.write(bytes);
        }
    }

    private ByteBuffer encode(Commit commit) {
        if (buffer.capacity() < commit.sizeInBytes()) {
            buffer = ByteBuffer.allocateDirect(Math.max(commit.sizeInBytes(), 2 * buffer.capacity()));
        }
        buffer.clear().position(JournalLayout.COMMIT_HEADER_BYTES);
        for (LogWrite write : commit.writes()) {
            if (journal != null) {
                journal.describe(write, buffer);
            }
            write.copyTo(buffer);
        }
        return buffer;
    }

    /** A write failed, most likely for want of room. Nothing of the commit may be found after a restart. */
    private void takeBack(Commit commit, IOException cause) {
        if (!refusing) {
            refusing = true;
            LOG.warn("the disk does not take what is appended, which is refused until it does: {}", cause.toString());
        }
        try {
            for (LogWrite write : commit.writes()) {
                write.segment().discardUnpublished();
            }
            if (journal != null) {
                journal.discardUnfinished();
            }
            commit.fail(new EngineException(Kind.STORE_FULL, "the disk did not take it: " + cause.getMessage(), cause));
        } catch (IOException e) {
            e.addSuppressed(cause);
            stop(commit, e);
        }
    }

    private void stop(Commit commit, Exception cause) {
        lifecycle.stop(cause);
        commit.fail(lifecycle.unknownOutcome(cause));
    }

    private void run(Command.Task task) {
        try {
            task.action().run();
        } catch (EngineException e) {
            task.refuse(e);
        } catch (SyncFailedException | RuntimeException e) {
            lifecycle.stop(e);
            task.refuse(lifecycle.unknownOutcome(e));
        } catch (IOException e) {
            task.refuse(new EngineException(Kind.STORE_FULL, "the disk did not take it: " + e.getMessage(), e));
        }
    }
}
