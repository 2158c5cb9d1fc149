package io.mainstem.log;

import io.mainstem.engine.EngineException;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Work on the disk that no append waits for: syncing segments, removing files. Done in the order it came, by one thread
 * or by a test's steps. A failure stops the engine.
 */
final class Background {

    private final ConcurrentLinkedQueue<Command.Task> tasks = new ConcurrentLinkedQueue<>();
    private final Lifecycle lifecycle;
    private volatile Runnable wakeUp = () -> {};

    Background(Lifecycle lifecycle) {
        this.lifecycle = lifecycle;
    }

    void onArrival(Runnable action) {
        wakeUp = action;
    }

    /** Completes the stage, if it is not complete then, when the action was done. */
    void submit(Command.Action action, CompletableFuture<Void> done) {
        tasks.add(new Command.Task(action, done));
        wakeUp.run();
    }

    boolean isIdle() {
        return tasks.isEmpty();
    }

    int step() {
        Command.Task task = tasks.peek();
        if (task == null) {
            return 0;
        }
        if (lifecycle.hasStopped()) {
            task.refuse(lifecycle.refusal());
        } else {
            run(task);
        }
        // Only now, so that an idle background has nothing under way.
        tasks.remove();
        return 1;
    }

    private void run(Command.Task task) {
        try {
            task.action().run();
            task.done().complete(null);
        } catch (IOException | RuntimeException e) {
            lifecycle.stop(e);
            EngineException unknown = lifecycle.unknownOutcome(e);
            task.refuse(unknown);
        }
    }
}
