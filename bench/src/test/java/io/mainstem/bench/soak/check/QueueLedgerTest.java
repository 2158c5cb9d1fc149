package io.mainstem.bench.soak.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.mainstem.bench.soak.check.QueueLedger.Order;
import io.mainstem.bench.soak.check.Violations.Kind;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What is found out about a queue, and what is no reason to complain. */
class QueueLedgerTest {

    private final Violations violations = new Violations();
    private final Source source = new Source(1, "source");
    private final List<Message> sent = Stream.generate(source::next).limit(10).toList();
    private final Stint stint = new Stint(0);

    private QueueLedger ledger(Order order) {
        return new QueueLedger("queue", List.of(source), sequence -> true, order, violations);
    }

    @Test
    void confirmedMessagesThatDoNotComeAreLost() {
        QueueLedger ledger = ledger(Order.QUEUE);
        sent.forEach(message -> source.acknowledged(message.sequence()));
        sent.subList(0, 8).forEach(message -> ledger.delivered(message, false, stint));
        assertThat(ledger.missing()).isEqualTo(2);
        ledger.reportMissing();
        assertThat(violations.count(Kind.LOST)).isEqualTo(2);
    }

    @Test
    void whatWasToGoWithTheBrokerIsNotAskedFor() {
        QueueLedger ledger = ledger(Order.QUEUE);
        source.acknowledged(0);
        source.forgive();
        assertThat(ledger.missing()).isZero();
        source.acknowledged(1);
        assertThat(ledger.missing()).isEqualTo(1);
    }

    @Test
    void onlyWhatIsRoutedHereMayCome() {
        QueueLedger even = new QueueLedger("even", List.of(source), number -> number % 2 == 0, Order.NONE, violations);
        source.acknowledged(0);
        source.acknowledged(1);
        assertThat(even.missing()).isEqualTo(1);
        even.delivered(sent.get(1), false, stint);
        assertThat(violations.count(Kind.STRANGE)).isEqualTo(1);
    }

    @Test
    void aRedeliverySaysSo() {
        QueueLedger ledger = ledger(Order.QUEUE);
        ledger.delivered(sent.get(0), false, stint);
        ledger.delivered(sent.get(0), true, new Stint(1));
        assertThat(violations.isEmpty()).isTrue();
        assertThat(ledger.again()).isEqualTo(1);
        ledger.delivered(sent.get(0), false, new Stint(2));
        assertThat(violations.count(Kind.UNMARKED)).isEqualTo(1);
    }

    @Test
    void aSettlementThatACrashOvertakesIsARedelivery() {
        QueueLedger ledger = ledger(Order.QUEUE);
        ledger.delivered(sent.get(0), false, stint);
        ledger.settled(sent.get(0), 0);
        ledger.delivered(sent.get(0), true, new Stint(1));
        assertThat(violations.isEmpty()).isTrue();
    }

    @Test
    void whatIsSettledDoesNotComeAgainInTheSameLife() {
        QueueLedger ledger = ledger(Order.QUEUE);
        ledger.delivered(sent.get(0), false, stint);
        ledger.settled(sent.get(0), 0);
        ledger.delivered(sent.get(0), true, new Stint(0));
        assertThat(violations.count(Kind.TWICE)).isEqualTo(1);
    }

    @Test
    void aSettlementThatMayNotHaveBeenReadDoesNotCount() {
        QueueLedger ledger = ledger(Order.QUEUE);
        ledger.delivered(sent.get(0), false, stint);
        ledger.settled(sent.get(0), 0);
        ledger.doubted(sent.get(0));
        ledger.delivered(sent.get(0), true, new Stint(0));
        assertThat(violations.isEmpty()).isTrue();
    }

    @Test
    void whatIsSettledDurablyDoesNotComeBackInAnyLife() {
        QueueLedger ledger = ledger(Order.QUEUE);
        ledger.delivered(sent.get(0), false, stint);
        ledger.settled(sent.get(0), 0);
        ledger.durable(sent.get(0));
        ledger.delivered(sent.get(0), true, new Stint(3));
        assertThat(violations.count(Kind.CAME_BACK)).isEqualTo(1);
    }

    @Test
    void theOnlyConsumerGetsFirstDeliveriesInOrderOverItsConnections() {
        QueueLedger ledger = ledger(Order.QUEUE);
        ledger.delivered(sent.get(0), false, stint);
        ledger.delivered(sent.get(2), false, stint);
        ledger.delivered(sent.get(1), true, new Stint(1));
        assertThat(violations.count(Kind.OUT_OF_ORDER)).isEqualTo(1);
    }

    @Test
    void whoeverSharesAQueueGetsFirstDeliveriesInOrder() {
        QueueLedger ledger = ledger(Order.CONNECTION);
        Stint other = new Stint(0);
        ledger.delivered(sent.get(1), false, stint);
        ledger.delivered(sent.get(0), false, other);
        ledger.delivered(sent.get(3), false, other);
        ledger.delivered(sent.get(2), true, other);
        assertThat(violations.isEmpty()).isTrue();
        ledger.delivered(sent.get(4), false, stint);
        ledger.delivered(sent.get(5), false, other);
        Message late = sent.get(2);
        ledger.delivered(late, false, stint);
        assertThat(violations.count(Kind.OUT_OF_ORDER)).isEqualTo(1);
    }

    @Test
    void aRequeuedMessageIsNotOutOfOrder() {
        QueueLedger ledger = ledger(Order.QUEUE);
        ledger.delivered(sent.get(0), false, stint);
        ledger.delivered(sent.get(1), false, stint);
        ledger.delivered(sent.get(0), true, stint);
        ledger.delivered(sent.get(2), false, stint);
        assertThat(violations.isEmpty()).isTrue();
    }
}
