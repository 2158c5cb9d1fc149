package io.mainstem.bench.soak.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.mainstem.bench.soak.check.Violations.Kind;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A compacted topic has of each key what was acknowledged last, or something newer. */
class LatestTest {

    private static final int KEYS = 5;

    private final Violations violations = new Violations();
    private final KeyedSource source = new KeyedSource(1, "source", KEYS);
    private final List<Message> sent = new ArrayList<>();

    private void send(int count, boolean acknowledged) {
        for (int index = 0; index < count; index++) {
            Message message = source.next();
            sent.add(message);
            if (acknowledged) {
                source.acknowledged(message.sequence());
            }
        }
    }

    private void read(List<Message> found) {
        Latest reading = source.latest();
        found.forEach(message -> reading.read(source.keyOf(message.sequence()), message, violations));
        reading.end(violations);
    }

    @Test
    void whatIsOvertakenByItsKeyMayBeGone() {
        send(100, true);
        List<Message> newest = sent.stream()
                .filter(message -> sent.stream()
                        .noneMatch(later -> later.sequence() > message.sequence()
                                && source.keyOf(later.sequence()) == source.keyOf(message.sequence())))
                .toList();
        assertThat(newest).hasSize(KEYS);
        read(newest);
        assertThat(violations.isEmpty()).isTrue();
    }

    @Test
    void whatIsNewerThanTheLastAcknowledgedMayBeThereOrNot() {
        send(100, true);
        List<Message> acknowledged = List.copyOf(sent);
        send(1, false);
        read(acknowledged);
        read(sent);
        assertThat(violations.isEmpty()).isTrue();
    }

    @Test
    void anOldValueInPlaceOfTheLastIsALoss() {
        send(100, true);
        read(sent.subList(0, 99));
        assertThat(violations.count(Kind.LOST)).isEqualTo(1);
    }

    @Test
    void whatWasNeverSentOrHasAnotherKeyIsStrange() {
        send(1, true);
        Latest reading = source.latest();
        reading.read(source.keyOf(0) + 1, sent.get(0), violations);
        reading.read(source.keyOf(1), new Message(1, 1), violations);
        assertThat(violations.count(Kind.STRANGE)).isEqualTo(2);
    }

    @Test
    void recordsKeepTheirOrder() {
        send(100, true);
        Latest reading = source.latest();
        reading.read(source.keyOf(7), sent.get(7), violations);
        reading.read(source.keyOf(6), sent.get(6), violations);
        assertThat(violations.count(Kind.OUT_OF_ORDER)).isEqualTo(1);
    }
}
