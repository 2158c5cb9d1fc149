package io.mainstem.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What was written in earlier forms still means what it meant. */
class StateRecordTest {

    private static final long EPOCH = 3;
    private static final long QUEUE = 5;

    private final QueueSource source = new QueueSource(0, new SteppedBroker().topic("events"), new Source(7, 0));

    @Test
    void aReturnWithoutDueTimeIsDueAtOnce() {
        FieldWriter out = new FieldWriter().number(EPOCH).number(1).number(QUEUE);
        source.id.encode(out).number(42).number(2);
        assertThat(StateRecord.decode(out.bytes())).isEqualTo(new StateRecord.Returned(QUEUE, source.id, 42, 2, 0));
    }

    @Test
    void aSnapshotOfRangesSaysWhatIsPending() {
        OffsetRanges pending = new OffsetRanges();
        pending.add(3, 5);
        pending.add(8);
        FieldWriter out = new FieldWriter().number(EPOCH).number(2).number(QUEUE);
        source.id.encode(out).number(10).ranges(pending);
        out.number(1).number(4).number(2).flag(false);

        QueueFold fold = new QueueFold();
        fold.apply(StateRecord.decode(out.bytes()));
        OffsetRanges settled = new OffsetRanges();
        settled.add(5);
        fold.apply(new StateRecord.Settled(QUEUE, source.id, SettleReason.ACKNOWLEDGED, settled));
        fold.beginTerm();

        assertThat(fold.maybeDelivered()).isFalse();
        assertThat(fold.sources().get(source.id).routedThrough).isEqualTo(10);
        assertThat(pendingOf(fold)).containsExactly("3 x0", "4 x2", "8 x0");
    }

    @Test
    void whatStandsElsewhereIsReadAsItWasWritten() {
        PendingMessage message = new PendingMessage(1, 99, 1_000, 4, 12_345);
        message.deliveryCount = 2;
        message.dueMillis = 777;
        StateRecord.Relocated written =
                new StateRecord.Relocated(QUEUE, source.id, List.of(42L), new Source(8, -1), List.of(message));
        StateRecord.Relocated read = (StateRecord.Relocated) StateRecord.decode(written.encode(EPOCH));
        assertThat(read.offsets()).containsExactly(42L);
        assertThat(read.newSource().isOfRelocated()).isTrue();
        assertThat(read.messages())
                .usingRecursiveFieldByFieldElementComparator()
                .containsExactly(message);
    }

    private List<String> pendingOf(QueueFold fold) {
        List<String> pending = new ArrayList<>();
        new QueueRestore(fold, id -> source)
                .forEach((of, message) -> pending.add(message.offset + " x" + message.deliveryCount));
        return pending;
    }
}
