package io.mainstem.protocol.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConfirmsTest implements Confirms.Publisher {

    private final Deque<Runnable> tasks = new ArrayDeque<>();
    private final Confirms confirms = new Confirms(tasks::add, this);
    private final List<String> told = new ArrayList<>();
    private final TreeSet<Long> open = new TreeSet<>();
    private final Set<Long> durable = new HashSet<>();
    private final Set<Long> failed = new HashSet<>();
    private long bytesUnderWay;

    @BeforeEach
    void enable() {
        confirms.enable();
    }

    @Test
    void aRunOfMessagesIsAcknowledgedAtOnce() {
        publish(3);
        for (long token = 0; token < 3; token++) {
            confirms.published(token, null);
        }
        runTasks();

        assertThat(told).containsExactly("ack up to 3");
        assertThat(confirms.isIdle()).isTrue();
    }

    @Test
    void aMessageAheadOfAnOpenOneIsAcknowledgedAlone() {
        publish(3);
        confirms.published(2, null);
        runTasks();
        confirms.published(0, null);
        confirms.published(1, null);
        runTasks();

        assertThat(told).containsExactly("ack 3", "ack up to 2");
    }

    @Test
    void aFailedMessageIsToldBeforeAnAcknowledgementThatWouldCoverIt() {
        publish(3);
        confirms.published(0, null);
        confirms.published(1, new IllegalStateException("disk"));
        confirms.published(2, null);
        runTasks();

        assertThat(told).containsExactly("nack 2", "ack up to 3");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void inWhateverOrderTheyBecomeDurableEachIsToldOnceAndNoneTooEarly(long seed) {
        Random random = new Random(seed);
        List<Long> underWay = new ArrayList<>();
        for (int round = 0; round < 500; round++) {
            for (int left = random.nextInt(20); left > 0; left--) {
                underWay.add(begin(1 + random.nextInt(1000)));
            }
            Collections.shuffle(underWay, random);
            for (int left = random.nextInt(underWay.size() + 1); left > 0; left--) {
                long token = underWay.remove(underWay.size() - 1);
                boolean fails = random.nextInt(10) == 0;
                (fails ? failed : durable).add(token + 1);
                confirms.published(token, fails ? new IllegalStateException("planted") : null);
            }
            if (random.nextBoolean()) {
                runTasks();
            }
        }
        for (long token : underWay) {
            durable.add(token + 1);
            confirms.published(token, null);
        }
        runTasks();
        assertThat(open).isEmpty();
        assertThat(bytesUnderWay).isZero();
        assertThat(confirms.isIdle()).isTrue();
    }

    private void publish(int messages) {
        for (int message = 0; message < messages; message++) {
            long token = begin(10);
            durable.add(token + 1);
        }
    }

    private long begin(long bytes) {
        bytesUnderWay += bytes;
        long token = confirms.begin(bytes);
        open.add(token + 1);
        return token;
    }

    private void runTasks() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    @Override
    public void ack(long tag, boolean multiple) {
        told.add(multiple ? "ack up to " + tag : "ack " + tag);
        // What a client does: everything up to the tag that it still waits for.
        Set<Long> acknowledged = multiple ? new TreeSet<>(open.headSet(tag, true)) : Set.of(tag);
        assertThat(acknowledged).contains(tag);
        assertThat(open).containsAll(acknowledged);
        assertThat(failed).doesNotContainAnyElementsOf(acknowledged);
        assertThat(durable).containsAll(acknowledged);
        open.removeAll(acknowledged);
    }

    @Override
    public void nack(long tag) {
        told.add("nack " + tag);
        assertThat(open.remove(tag)).isTrue();
    }

    @Override
    public void finished(long bytes, @Nullable Throwable lastFailure) {
        bytesUnderWay -= bytes;
    }
}
