package io.mainstem.log;

import io.mainstem.engine.EngineException;
import io.mainstem.engine.EngineException.Kind;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Commands on their way to the thread that commits. Any thread submits; one takes. */
final class CommandQueue {

    private final ConcurrentLinkedQueue<Command> commands = new ConcurrentLinkedQueue<>();
    private final AtomicLong queuedBytes = new AtomicLong();
    private final long limitBytes;
    private final Lifecycle lifecycle;
    private volatile Runnable wakeUp = () -> {};

    CommandQueue(long limitBytes, Lifecycle lifecycle) {
        this.limitBytes = limitBytes;
        this.lifecycle = lifecycle;
    }

    /** Says how to wake the thread that takes. */
    void onArrival(Runnable action) {
        wakeUp = action;
    }

    void submit(Command command) {
        if (!lifecycle.isOpen()) {
            command.refuse(lifecycle.refusal());
            return;
        }
        int bytes = command.sizeInBytes();
        if (queuedBytes.addAndGet(bytes) > limitBytes && bytes > 0) {
            queuedBytes.addAndGet(-bytes);
            command.refuse(new EngineException(
                    Kind.OVERLOADED, "more than " + limitBytes + " bytes wait for the disk already"));
            return;
        }
        commands.add(command);
        if (!lifecycle.isOpen()) {
            // The other side may have gone between the first look and the add. If it did not, it took the command.
            if (commands.removeIf(queued -> queued == command)) {
                command.refuse(lifecycle.refusal());
            }
            return;
        }
        wakeUp.run();
    }

    boolean isEmpty() {
        return commands.isEmpty();
    }

    @Nullable
    Command peek() {
        return commands.peek();
    }

    /** Takes what {@link #peek} showed. */
    void take(Command command) {
        commands.poll();
        queuedBytes.addAndGet(-command.sizeInBytes());
    }

    /** Refuses all that wait; returns how many. */
    int refuseAll() {
        int count = 0;
        for (Command next = commands.poll(); next != null; next = commands.poll()) {
            next.refuse(lifecycle.refusal());
            count++;
        }
        return count;
    }
}
