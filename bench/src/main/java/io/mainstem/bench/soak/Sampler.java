package io.mainstem.bench.soak;

import java.io.UncheckedIOException;
import java.util.Locale;

/** Looks at the broker every few seconds, in a thread of its own. */
final class Sampler implements AutoCloseable {

    private static final int INTERVAL_MILLIS = 5_000;
    private static final int MOST = 2_000;
    private static final int SAID_EACH = 6;
    private static final double MEGABYTE = 1 << 20;

    private final SoakBroker broker;
    private final SmallDisk disk;
    private final Workload workload;
    private final long beganNanos;
    private final Samples samples = new Samples(MOST);
    private final Thread thread = new Thread(this::run, "sampler");
    private long acknowledged;
    private long delivered;
    private double lastSecond;

    Sampler(SoakBroker broker, SmallDisk disk, Workload workload, long beganNanos) {
        this.broker = broker;
        this.disk = disk;
        this.workload = workload;
        this.beganNanos = beganNanos;
    }

    void start() {
        thread.setDaemon(true);
        thread.start();
    }

    Samples samples() {
        return samples;
    }

    private void run() {
        try {
            for (int number = 0; ; number++) {
                Thread.sleep(INTERVAL_MILLIS);
                try {
                    Sample sample = take();
                    samples.add(sample);
                    if (number % SAID_EACH == 0) {
                        say(sample);
                    }
                } catch (UncheckedIOException | IllegalStateException e) {
                    // it has just been killed
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Sample take() {
        double second = (System.nanoTime() - beganNanos) / 1e9;
        double passed = second - lastSecond;
        long acknowledgedNow = workload.acknowledged();
        long deliveredNow = workload.delivered();
        Sample sample = new Sample(
                second,
                broker.life(),
                broker.secondsSinceStart(),
                broker.process().residentMegabytes(),
                broker.process().openFiles(),
                broker.process().threads(),
                disk.dataBytes() / MEGABYTE,
                (acknowledgedNow - acknowledged) / passed,
                (deliveredNow - delivered) / passed);
        lastSecond = second;
        acknowledged = acknowledgedNow;
        delivered = deliveredNow;
        return sample;
    }

    private static void say(Sample sample) {
        System.err.printf(
                Locale.ROOT,
                "%6.0f s  life %d, %.0f MB, %.0f files, %.0f threads, data %.0f MB, %.0f/s in, %.0f/s out%n",
                sample.second(),
                sample.life(),
                sample.residentMegabytes(),
                sample.openFiles(),
                sample.threads(),
                sample.dataMegabytes(),
                sample.acknowledgedPerSecond(),
                sample.deliveredPerSecond());
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
