package io.mainstem.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.mainstem.interop.BrokerProcess.Life;
import io.mainstem.interop.DeliveryCheck.Result;
import io.mainstem.interop.History.Kind;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The test of the test: it finds what it is there to find. */
class DeliveryCheckTest {

    private static final long MILLISECOND = 1_000_000;

    /** Two lives: the first second, and the second one. */
    private static final List<Life> LIVES =
            List.of(new Life(0, 1_000 * MILLISECOND), new Life(1_001 * MILLISECOND, Long.MAX_VALUE));

    private final History history = new History("client", new HashSet<>());

    @Test
    void acceptsAMessageDeliveredOnce() {
        at(0, Kind.CONNECTED, "");
        at(1, Kind.DELIVERED, "a");
        assertThat(check("a").violations()).isEmpty();
    }

    @Test
    void acceptsAMarkedSecondDeliveryAfterAKill() {
        at(0, Kind.CONNECTED, "");
        at(1, Kind.DELIVERED, "a");
        at(2, Kind.ACKNOWLEDGED, "a");
        at(1_500, Kind.CONNECTED, "");
        at(1_501, Kind.REDELIVERED, "a");
        assertThat(check("a")).isEqualTo(new Result(List.of(), 1, 0));
    }

    @Test
    void findsAMessageThatWasDeliveredToNobody() {
        assertThat(check("a").violations()).singleElement().asString().startsWith("lost: a");
    }

    @Test
    void findsAMessageThatNobodySent() {
        at(0, Kind.CONNECTED, "");
        at(1, Kind.DELIVERED, "b");
        assertThat(check().violations()).singleElement().asString().startsWith("strange: b");
    }

    @Test
    void findsASecondDeliveryInOneLife() {
        at(0, Kind.CONNECTED, "");
        at(1, Kind.DELIVERED, "a");
        at(2, Kind.REDELIVERED, "a");
        assertThat(check("a").violations()).singleElement().asString().startsWith("twice: a");
    }

    @Test
    void findsASecondDeliveryWithoutTheFlag() {
        at(0, Kind.CONNECTED, "");
        at(1, Kind.DELIVERED, "a");
        at(1_500, Kind.CONNECTED, "");
        at(1_501, Kind.DELIVERED, "a");
        assertThat(check("a").violations()).singleElement().asString().startsWith("unmarked: a");
    }

    @Test
    void findsAMessageThatCameBackAfterADurableAcknowledgement() {
        acknowledgeThenSendMarkersAt(10, 20, 300);
        at(1_500, Kind.CONNECTED, "");
        at(1_501, Kind.REDELIVERED, "a");
        assertThat(check("a").violations()).singleElement().asString().startsWith("came back: a");
    }

    @Test
    void doesNotTakeAnAcknowledgementForDurableTooEarly() {
        acknowledgeThenSendMarkersAt(10, 20, 200);
        assertThat(check("a").durable()).isZero();
    }

    @Test
    void doesNotTakeAnAcknowledgementForDurableAfterTwoMarkers() {
        acknowledgeThenSendMarkersAt(10, 400);
        assertThat(check("a").durable()).isZero();
    }

    @Test
    void doesNotCountMarkersOfAnotherConnection() {
        acknowledgeThenSendMarkersAt(10, 20);
        at(500, Kind.CONNECTED, "");
        at(600, Kind.MARKER_CONFIRMED, "");
        assertThat(check("a").durable()).isZero();
    }

    private void acknowledgeThenSendMarkersAt(int... milliseconds) {
        at(0, Kind.CONNECTED, "");
        at(1, Kind.DELIVERED, "a");
        at(2, Kind.ACKNOWLEDGED, "a");
        for (int millisecond : milliseconds) {
            at(millisecond, Kind.MARKER_CONFIRMED, "");
        }
    }

    private void at(long millisecond, Kind kind, String digest) {
        history.add(kind, millisecond * MILLISECOND, digest);
    }

    private Result check(String... expected) {
        return DeliveryCheck.check(Set.of(expected), LIVES, List.of(history));
    }
}
