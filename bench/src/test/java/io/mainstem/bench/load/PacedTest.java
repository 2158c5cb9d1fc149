package io.mainstem.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mainstem.bench.peer.PeerException;
import io.mainstem.bench.result.Metric;
import io.mainstem.bench.result.Sample;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** Latencies at a fixed rate, which a server that stalls cannot hide. */
class PacedTest {

    private static final Map<Metric, Double> PERCENTILES =
            Map.of(Metric.P50_MILLIS, 50.0, Metric.P95_MILLIS, 95.0, Metric.P99_MILLIS, 99.0);
    private static final Offset<Double> PRECISION = Offset.offset(0.1);

    /** So many that a message a millisecond is sent. */
    private final Pace pace = new Pace(1_000, 1, 4);

    private final SteppedClock clock = new SteppedClock();

    private final Latencies latencies = new Latencies("acknowledged", pace, 0);

    private Sample figures() throws InterruptedException {
        return latencies.await(0, PERCENTILES);
    }

    @Test
    void messagesAreSentWhenTheyAreDue() {
        List<Long> sentMillis = new ArrayList<>();
        new Pace(4, 1, 1).send(clock, 0, number -> sentMillis.add(TimeUnit.NANOSECONDS.toMillis(clock.nanoTime())));
        assertThat(sentMillis).containsExactly(0L, 250L, 500L, 750L, 1_000L, 1_250L, 1_500L, 1_750L);
    }

    @Test
    void theRateIsCaughtUpWithAfterAStall() {
        List<Long> sentMillis = new ArrayList<>();
        new Pace(4, 0, 2).send(clock, 0, number -> {
            clock.passMillis(number == 1 ? 700 : 0);
            sentMillis.add(TimeUnit.NANOSECONDS.toMillis(clock.nanoTime()));
        });
        assertThat(sentMillis).containsExactly(0L, 950L, 950L, 950L, 1_000L, 1_250L, 1_500L, 1_750L);
    }

    @Test
    void aStalledSenderMakesAllWaitThatWereDueMeanwhile() throws InterruptedException {
        // of 4,000 that count, 400 were to be sent while it was held up
        pace.send(clock, 0, number -> {
            clock.passMillis(number == 2_000 ? 400 : 0);
            latencies.answered(number, clock.nanoTime());
        });
        assertThat(figures().figure(Metric.P50_MILLIS)).isZero();
        assertThat(figures().figure(Metric.P95_MILLIS)).isCloseTo(200, Offset.offset(2.0));
        assertThat(figures().figure(Metric.P99_MILLIS)).isCloseTo(360, Offset.offset(2.0));
    }

    @Test
    void whatWarmsUpIsNotCounted() throws InterruptedException {
        for (int number = 0; number < pace.messages(); number++) {
            answer(number, number < 1_000 ? 900 : 3);
        }
        assertThat(figures().figure(Metric.P99_MILLIS)).isCloseTo(3, PRECISION);
    }

    @Test
    void anAnswerToManyIsOneToEachThatHadNone() throws InterruptedException {
        for (int number = 0; number < pace.messages(); number += 10) {
            answer(number + 3, 0);
            latencies.answeredUpTo(number + 9, dueNanos(number + 9) + 1);
        }
        assertThat(figures().figure(Metric.P50_MILLIS)).isCloseTo(3, PRECISION);
        assertThat(figures().figure(Metric.P99_MILLIS)).isCloseTo(9, PRECISION);
    }

    @Test
    void aRateThatIsNotHeldIsAFailureAndNoFigure() {
        for (int number = 0; number < pace.messages(); number++) {
            // a second takes 1,100 ms
            answer(number, number / 10);
        }
        assertThatThrownBy(this::figures)
                .isInstanceOf(PeerException.class)
                .hasMessage("the rate was not held: of 1,000 messages a second 909 were acknowledged");
    }

    @Test
    void aDelayThatStaysTheSameHoldsTheRate() throws InterruptedException {
        for (int number = 0; number < pace.messages(); number++) {
            answer(number, 700);
        }
        assertThat(figures().figure(Metric.P99_MILLIS)).isCloseTo(700, Offset.offset(1.0));
    }

    @Test
    void aMessageThatIsNeverAnsweredIsAFailureAndNoFigure() {
        for (int number = 1; number < pace.messages(); number++) {
            answer(number, 0);
        }
        assertThatThrownBy(this::figures)
                .isInstanceOf(PeerException.class)
                .hasMessageContaining("only 4999 of 5000 messages were acknowledged");
    }

    @Test
    void aMessageThatIsRefusedIsAFailureAndNoFigure() {
        for (int number = 0; number < pace.messages(); number++) {
            answer(number, 0);
        }
        latencies.failed("it was refused");
        assertThatThrownBy(this::figures).isInstanceOf(PeerException.class).hasMessage("it was refused");
    }

    @Test
    void aProgramIsToldItsRunAndTellsItsFigures() {
        Paced.Run run = new Paced.Run("127.0.0.1:5672", "orders", "classic", 100, pace);
        assertThat(Paced.Run.of(run.arguments().toArray(String[]::new))).isEqualTo(run);
        assertThat(Paced.sample("a warning\n{\"figures\":{\"P99_MILLIS\":7.5}}\n"))
                .isEqualTo(Sample.none().with(Metric.P99_MILLIS, 7.5));
        assertThatThrownBy(() -> Paced.sample("a warning\nno figures: the rate was not held\n"))
                .isInstanceOf(PeerException.class)
                .hasMessage("the rate was not held");
        assertThatThrownBy(() -> Paced.sample("Connection refused\n"))
                .isInstanceOf(PeerException.class)
                .hasMessageContaining("Connection refused");
    }

    private void answer(int number, long delayMillis) {
        latencies.answered(number, dueNanos(number) + TimeUnit.MILLISECONDS.toNanos(delayMillis));
    }

    private long dueNanos(int number) {
        return TimeUnit.MILLISECONDS.toNanos(number);
    }

    /** Time passes while somebody sleeps, and when it is said to. */
    private static final class SteppedClock implements Pace.Clock {
        private long nanos;

        void passMillis(long millis) {
            nanos += TimeUnit.MILLISECONDS.toNanos(millis);
        }

        @Override
        public long nanoTime() {
            return nanos;
        }

        @Override
        public void sleepUntil(long untilNanos) {
            nanos = untilNanos;
        }
    }
}
