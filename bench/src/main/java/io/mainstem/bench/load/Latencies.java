package io.mainstem.bench.load;

import io.mainstem.bench.peer.PeerException;
import io.mainstem.bench.result.Metric;
import io.mainstem.bench.result.Sample;
import java.util.BitSet;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * How long the messages of a paced run took, each from when it should have been sent. Safe for use by several threads.
 */
final class Latencies {

    private static final int SIGNIFICANT_DIGITS = 3;
    private static final double NANOS_A_MILLI = 1e6;

    /** Of the rate, or else the figures are those of a queue that grows. */
    private static final double HELD = 0.99;

    private final String what;
    private final Pace pace;
    private final long startNanos;
    private final Histogram histogram = new Histogram(SIGNIFICANT_DIGITS);
    private final BitSet answered = new BitSet();
    private final CountDownLatch missing;
    private int answeredInTime;
    private String failure = "";

    /** @param what happens to a message, such as {@code acknowledged} */
    Latencies(String what, Pace pace, long startNanos) {
        this.what = what;
        this.pace = pace;
        this.startNanos = startNanos;
        this.missing = new CountDownLatch(pace.messages());
    }

    /** It has happened to this message at that time; the first time counts. */
    synchronized void answered(int number, long nanos) {
        if (answered.get(number)) {
            return;
        }
        answered.set(number);
        long sinceStartNanos = nanos - startNanos;
        if (pace.isCountedTime(sinceStartNanos)) {
            answeredInTime++;
        }
        if (pace.isCounted(number)) {
            histogram.recordValue(Math.max(0, sinceStartNanos - pace.intendedNanos(number)));
        }
        missing.countDown();
    }

    /** As before, of all up to this one that it has not happened to yet. */
    synchronized void answeredUpTo(int number, long nanos) {
        int next = answered.nextClearBit(0);
        while (next <= number) {
            answered(next, nanos);
            next = answered.nextClearBit(next);
        }
    }

    /** It will not happen to some message: there will be no figures. */
    synchronized void failed(String why) {
        failure = why;
    }

    /**
     * Waits until it has happened to all, and tells the percentiles.
     *
     * @param percentiles which to tell, each as what
     * @throws PeerException when it does not happen to all, or happened less often than the rate asks for
     */
    Sample await(long seconds, Map<Metric, Double> percentiles) throws InterruptedException {
        boolean all = missing.await(seconds, TimeUnit.SECONDS);
        synchronized (this) {
            if (!failure.isEmpty()) {
                throw new PeerException(failure);
            }
            if (!all) {
                throw new PeerException("only " + answered.cardinality() + " of " + pace.messages() + " messages were "
                        + what + " within " + seconds + " seconds after the last was sent");
            }
            if (answeredInTime < HELD * pace.countedMessages()) {
                throw new PeerException(String.format(
                        Locale.ROOT,
                        "the rate was not held: of %,d messages a second %,d were %s",
                        pace.perSecond(),
                        answeredInTime / pace.seconds(),
                        what));
            }
            Sample sample = Sample.none();
            for (Map.Entry<Metric, Double> percentile : percentiles.entrySet()) {
                sample = sample.with(
                        percentile.getKey(), histogram.getValueAtPercentile(percentile.getValue()) / NANOS_A_MILLI);
            }
            return sample;
        }
    }
}
