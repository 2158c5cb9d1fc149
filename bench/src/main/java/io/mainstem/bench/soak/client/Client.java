package io.mainstem.bench.soak.client;

import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.ShutdownSignalException;
import io.mainstem.bench.soak.check.Violations.Kind;
import java.io.IOException;
import java.util.concurrent.TimeoutException;

/** A thread that is connected to the broker as long as there is one, and is connected again when there is one again. */
public abstract class Client {

    private static final int BACK_OFF_MILLIS = 50;
    private static final long END_MILLIS = 20_000;

    private final Target target;
    private final String name;
    private final Thread thread;
    private volatile boolean ended;

    Client(Target target, String name) {
        this.target = target;
        this.name = name;
        this.thread = new Thread(this::run, name);
        thread.setDaemon(true);
    }

    public final void start() {
        thread.start();
    }

    /** Tells it to finish what it has begun. */
    public void end() {
        ended = true;
    }

    /** Waits until it has ended; what does not end in time is told as a failure. */
    public final void join() throws InterruptedException {
        thread.join(END_MILLIS);
        if (thread.isAlive()) {
            target.violations().report(Kind.FAILED, name, "does not end");
            thread.interrupt();
        }
    }

    final boolean isEnded() {
        return ended;
    }

    final Target target() {
        return target;
    }

    final String name() {
        return name;
    }

    private void run() {
        try {
            while (!ended) {
                try {
                    connectAndWork();
                } catch (IOException | TimeoutException | ShutdownSignalException e) {
                    // the broker has been killed, or has closed what it could not serve; both are part of it
                    Thread.sleep(BACK_OFF_MILLIS);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            target.violations().report(Kind.FAILED, name, e.toString());
        }
    }

    /** Until it is told to end, or the connection is gone; {@link AlreadyClosedException} says so, too. */
    abstract void connectAndWork() throws IOException, TimeoutException, InterruptedException;
}
