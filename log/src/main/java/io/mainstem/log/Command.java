package io.mainstem.log;

import io.mainstem.engine.EngineException;
import io.mainstem.engine.Term;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What other threads ask of the one that commits. */
sealed interface Command {

    /** Ends the command without having done anything. */
    void refuse(EngineException why);

    /** Bytes that wait for the disk with it. */
    int sizeInBytes();

    /**
     * Adds a batch to a log.
     *
     * @param term the term it is written in, if any
     * @param isFence it begins a new term itself
     */
    record Append(
            DurableLog log, ByteBuffer batch, @Nullable Term term, boolean isFence, CompletableFuture<Long> done)
            implements Command {
        @Override
        public void refuse(EngineException why) {
            done.completeExceptionally(why);
        }

        @Override
        public int sizeInBytes() {
            return batch.remaining();
        }
    }

    /**
     * Anything else that must not overlap a commit.
     *
     * @param done fails when the command is refused or the action throws; to complete it is the action's business
     */
    record Task(Action action, CompletableFuture<?> done) implements Command {
        @Override
        public void refuse(EngineException why) {
            done.completeExceptionally(why);
        }

        @Override
        public int sizeInBytes() {
            return 0;
        }
    }

    /** What may touch the disk. */
    @FunctionalInterface
    interface Action {
        void run() throws IOException;
    }
}
