package io.mainstem.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.mainstem.broker.Death.Reason;
import io.mainstem.engine.batch.BatchBuilder;
import io.mainstem.engine.batch.HeaderWriter;
import io.mainstem.engine.batch.Record;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class DeathTest {

    @Test
    void isReadAsItWasWritten() {
        Death death = new Death(
                "a & b=c", Reason.EXPIRED, 3, 1_700_000_000_000L, "x?", List.of("k.1", ""), OptionalLong.of(7));
        assertThat(Death.of(record(death.encode()))).containsExactly(death);
    }

    @Test
    void whatCannotBeReadIsLeftOut() {
        Death death = death("q", Reason.REJECTED);
        Record record = record("reason=boredom", "count=many", "%", death.encode());
        assertThat(Death.of(record)).containsExactly(death);
    }

    @Test
    void theSameDeathAgainIsCountedAndComesToTheFront() {
        List<Death> deaths = Death.after(List.of(), death("a", Reason.EXPIRED));
        deaths = Death.after(deaths, death("b", Reason.EXPIRED));
        deaths = Death.after(deaths, death("a", Reason.EXPIRED));
        assertThat(deaths).extracting(Death::queue).containsExactly("a", "b");
        assertThat(deaths).extracting(Death::count).containsExactly(2L, 1L);
    }

    @Test
    void goesInCirclesUnlessAConsumerHasRejectedItInBetween() {
        List<Death> deaths = List.of(death("b", Reason.EXPIRED), death("a", Reason.MAX_LENGTH));
        assertThat(Death.goesInCircles(deaths, "a")).isTrue();
        assertThat(Death.goesInCircles(deaths, "c")).isFalse();
        deaths = List.of(death("b", Reason.REJECTED), death("a", Reason.EXPIRED));
        assertThat(Death.goesInCircles(deaths, "a")).isFalse();
    }

    private static Death death(String queue, Reason reason) {
        return new Death(queue, reason, 1, 0, "t", List.of("k"), OptionalLong.empty());
    }

    private static Record record(String... values) {
        HeaderWriter headers = new HeaderWriter();
        for (String value : values) {
            headers.add(utf8(MessageAttributes.DEATH), utf8(value));
        }
        return new Record(0, 0, null, null, values.length == 0 ? BatchBuilder.NO_HEADERS : headers.section());
    }

    private static ByteBuffer utf8(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }
}
