package io.mainstem.bench.load;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A fixed rate: when each message is to be sent, which nothing moves. One that is sent late, since the sender was held
 * up, has waited all the same, and its latency counts from when it should have been sent.
 *
 * @param perSecond so many messages
 * @param warmUpSeconds at the same rate before anything is counted
 * @param seconds that count
 */
public record Pace(int perSecond, int warmUpSeconds, int seconds) {

    /** Time, as this thread sees it. */
    interface Clock {

        /** As System.nanoTime has it. */
        long nanoTime();

        /** Returns then or somewhat earlier; at once if that is past. */
        void sleepUntil(long nanos);

        /** The time of this machine. */
        Clock SYSTEM = new Clock() {
            @Override
            public long nanoTime() {
                return System.nanoTime();
            }

            @Override
            public void sleepUntil(long nanos) {
                LockSupport.parkNanos(nanos - System.nanoTime());
            }
        };
    }

    /** Sends a message. */
    interface Sender<E extends Exception> {
        void send(int number) throws E;
    }

    /** How many are sent, with those that warm up. */
    public int messages() {
        return perSecond * (warmUpSeconds + seconds);
    }

    /** How many count. */
    int countedMessages() {
        return perSecond * seconds;
    }

    boolean isCounted(int number) {
        return number >= perSecond * warmUpSeconds;
    }

    /** Whether so long after the start is within the time that counts. */
    boolean isCountedTime(long nanos) {
        return nanos >= TimeUnit.SECONDS.toNanos(warmUpSeconds)
                && nanos < TimeUnit.SECONDS.toNanos(warmUpSeconds + seconds);
    }

    /** How long after the start this message is to be sent. */
    long intendedNanos(int number) {
        return TimeUnit.SECONDS.toNanos(number) / perSecond;
    }

    /** Sends every message when it is due, or as soon after that as the sender is back. */
    <E extends Exception> void send(Clock clock, long startNanos, Sender<E> sender) throws E {
        for (int number = 0; number < messages(); number++) {
            long dueNanos = startNanos + intendedNanos(number);
            while (clock.nanoTime() < dueNanos) {
                clock.sleepUntil(dueNanos);
            }
            sender.send(number);
        }
    }
}
