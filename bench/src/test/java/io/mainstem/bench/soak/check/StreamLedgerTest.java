package io.mainstem.bench.soak.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.mainstem.bench.soak.check.Violations.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is found out about a group, and what is no reason to complain. */
class StreamLedgerTest {

    private final Violations violations = new Violations();
    private final Source source = new Source(1, "source");
    private final StreamLedger ledger = new StreamLedger("group", List.of(source), violations);

    @Test
    void acknowledgedRecordsThatNobodyReadAreLost() {
        List<Message> sent = send(3);
        sent.forEach(message -> source.acknowledged(message.sequence()));
        Stint stint = new Stint(0);
        ledger.read(sent.get(0), stint);
        ledger.read(sent.get(2), stint);

        assertThat(ledger.missing()).isEqualTo(1);
        ledger.reportMissing();
        assertThat(violations.count(Kind.LOST)).isEqualTo(1);
        assertThat(violations.first()).containsExactly("LOST group: 1 of source, first [1]");
    }

    @Test
    void recordsOfUnknownOutcomeMayBeThereOrNot() {
        List<Message> sent = send(2);
        ledger.read(sent.get(1), new Stint(0));
        ledger.reportMissing();
        assertThat(violations.isEmpty()).isTrue();
    }

    @Test
    void aMemberReadsAgainWhatWasReadAndNotCommitted() {
        List<Message> sent = send(3);
        Stint before = new Stint(0);
        sent.forEach(message -> ledger.read(message, before));
        Stint after = new Stint(1);
        sent.forEach(message -> ledger.read(message, after));

        assertThat(violations.isEmpty()).isTrue();
        assertThat(ledger.again()).isEqualTo(3);
        assertThat(ledger.deliveries()).isEqualTo(6);
    }

    @Test
    void aRecordThatIsStoredTwiceIsOutOfOrder() {
        Message message = send(1).get(0);
        Stint stint = new Stint(0);
        ledger.read(message, stint);
        ledger.read(message, stint);
        assertThat(violations.count(Kind.OUT_OF_ORDER)).isEqualTo(1);
    }

    @Test
    void aRecordThatWasOvertakenIsOutOfOrderWhoeverReadsIt() {
        List<Message> sent = send(2);
        ledger.read(sent.get(1), new Stint(0));
        ledger.read(sent.get(0), new Stint(0));
        assertThat(violations.count(Kind.OUT_OF_ORDER)).isEqualTo(1);
    }

    @Test
    void whatNobodySentIsStrange() {
        send(1);
        ledger.read(new Message(1, 1), new Stint(0));
        ledger.read(new Message(2, 0), new Stint(0));
        assertThat(violations.count(Kind.STRANGE)).isEqualTo(2);
    }

    @Test
    void aMemberDoesNotBeginBeforeWhatWasCommitted() {
        ledger.committed(0, 10);
        long least = ledger.committed(0);
        ledger.began(0, 10, least);
        assertThat(violations.isEmpty()).isTrue();
        ledger.began(0, 9, least);
        assertThat(violations.count(Kind.WENT_BACK)).isEqualTo(1);
    }

    @Test
    void whatRetentionHasLeftHasNoGaps() {
        List<Message> sent = send(10);
        sent.forEach(message -> source.acknowledged(message.sequence()));
        Stint stint = new Stint(0);
        sent.subList(4, 10).forEach(message -> ledger.read(message, stint));
        ledger.reportGaps();
        assertThat(violations.isEmpty()).isTrue();

        StreamLedger another = new StreamLedger("another", List.of(source), violations);
        another.read(sent.get(4), new Stint(0));
        another.read(sent.get(9), new Stint(0));
        another.reportGaps();
        assertThat(violations.count(Kind.LOST)).isEqualTo(4);
    }

    private List<Message> send(int count) {
        return java.util.stream.Stream.generate(source::next).limit(count).toList();
    }
}
