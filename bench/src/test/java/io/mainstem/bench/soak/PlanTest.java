package io.mainstem.bench.soak;

import static org.assertj.core.api.Assertions.assertThat;

import io.mainstem.bench.soak.Plan.Event;
import io.mainstem.bench.soak.Plan.Kind;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class PlanTest {

    private static final long SEED = 42;
    private static final int HALF_AN_HOUR = 1_800;

    @Test
    void aSeedRepeatsItsPlan() {
        assertThat(Plan.of(HALF_AN_HOUR, SEED)).isEqualTo(Plan.of(HALF_AN_HOUR, SEED));
        assertThat(Plan.of(HALF_AN_HOUR, SEED)).isNotEqualTo(Plan.of(HALF_AN_HOUR, SEED + 1));
    }

    @Test
    void halfAnHourHasEverything() {
        for (long seed = 0; seed < 100; seed++) {
            Set<Kind> kinds = Plan.of(HALF_AN_HOUR, seed).events().stream()
                    .map(Event::kind)
                    .collect(Collectors.toSet());
            assertThat(kinds).as("seed %d", seed).isEqualTo(EnumSet.allOf(Kind.class));
        }
    }

    @Test
    void twoMinutesHaveAKillAndAFullDisk() {
        for (long seed = 0; seed < 100; seed++) {
            assertThat(Plan.of(120, seed).events())
                    .as("seed %d", seed)
                    .extracting(Event::kind)
                    .contains(Kind.KILL, Kind.FULL);
        }
    }

    @Test
    void oneEventEndsBeforeTheNextOneBegins() {
        for (long seed = 0; seed < 100; seed++) {
            List<Event> events = Plan.of(HALF_AN_HOUR, seed).events();
            for (int index = 1; index < events.size(); index++) {
                Event before = events.get(index - 1);
                assertThat(events.get(index).second())
                        .as("seed %d", seed)
                        .isGreaterThan(before.second() + before.kind().seconds());
            }
        }
    }

    @Test
    void nobodyIsKilledInTheMiddleThird() {
        for (long seed = 0; seed < 100; seed++) {
            assertThat(Plan.of(HALF_AN_HOUR, seed).events())
                    .as("seed %d", seed)
                    .noneMatch(event -> event.kind().isKill()
                            && event.second() >= HALF_AN_HOUR / 3
                            && event.second() < HALF_AN_HOUR * 2 / 3);
        }
    }
}
