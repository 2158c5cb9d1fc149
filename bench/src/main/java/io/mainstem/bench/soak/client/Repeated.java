package io.mainstem.bench.soak.client;

/** Does something again and again, with a pause between, whoever is killed meanwhile. */
public final class Repeated extends Client {

    private static final int PAUSE_MILLIS = 20_000;
    private static final int LOOK_MILLIS = 200;

    private final Runnable task;

    public Repeated(Target target, String name, Runnable task) {
        super(target, name);
        this.task = task;
    }

    @Override
    void connectAndWork() throws InterruptedException {
        for (int passed = 0; passed < PAUSE_MILLIS && !isEnded(); passed += LOOK_MILLIS) {
            Thread.sleep(LOOK_MILLIS);
        }
        if (!isEnded()) {
            task.run();
        }
    }
}
