package io.mainstem.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.mainstem.broker.BindingSpec.Match;
import io.mainstem.engine.batch.BatchBuilder;
import io.mainstem.engine.batch.HeaderWriter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FilterTest {

    @ParameterizedTest
    @CsvSource({
        "'', '', true",
        "'', a, false",
        "'#', '', true",
        "'#', a.b.c, true",
        "'*', '', false",
        "'*', a, true",
        "'*', a.b, false",
        "'*', '.', false",
        "'*.*', '.', true",
        "a.b, a.b, true",
        "a.b, a.bc, false",
        "'a.#', a, true",
        "'a.#', a.b.c, true",
        "'a.#', ab, false",
        "'#.c', c, true",
        "'#.c', a.b.c, true",
        "'#.c', a.c.b, false",
        "'a.*.c', a.b.c, true",
        "'a.*.c', a.c, false",
        "'a.#.c', a.c, true",
        "'a.#.c', a.b.b.c, true",
        "'#.b.#', a.b.c, true",
        "'#.b.#', a.c, false",
        "'*.#', a, true",
        "'*.#', '', false",
        "'#.*', a.b, true",
        "'#.#', '', true",
        "'a.*.#.d', a.b.c.c.d, true",
        "'#.a.#.a', a.b.a, true",
        "'#.a.#.a', a, false",
        "grün.*, grün.ß, true"
    })
    void aPatternMatchesWords(String pattern, String key, boolean matches) {
        assertThat(matches(Routing.PATTERN, pattern, utf8(key))).isEqualTo(matches);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void anyPatternMatchesAsItsDefinitionSays(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 20_000; round++) {
            String pattern = words(random, List.of("a", "b", "*", "#"));
            String key = words(random, List.of("a", "b", ""));
            assertThat(matches(Routing.PATTERN, pattern, utf8(key)))
                    .as("seed %d: '%s' on '%s'", seed, pattern, key)
                    .isEqualTo(matches(split(pattern), split(key)));
        }
    }

    @Test
    void aPatternThatInvitesBacktrackingIsStillFast() {
        String pattern = "#.a.".repeat(50) + "b";
        String key = "a.".repeat(5_000) + "c";
        assertThat(matches(Routing.PATTERN, pattern, utf8(key))).isFalse();
    }

    @Test
    void anExactFilterComparesTheWholeKeyAndReadsNoKeyAsEmpty() {
        assertThat(matches(Routing.EXACT, "a.*", utf8("a.b"))).isFalse();
        assertThat(matches(Routing.EXACT, "a.*", utf8("a.*"))).isTrue();
        assertThat(matches(Routing.EXACT, "", null)).isTrue();
        assertThat(matches(Routing.PATTERN, "*", null)).isFalse();
        assertThat(matches(Routing.ALL, "whatever", null)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "ALL, 'a=1 b=2', true",
        "ALL, 'a=1 b=2 c=3', true",
        "ALL, 'b=2', false",
        "ALL, 'a=1 b=x', false",
        "ALL, '', false",
        "ANY, 'b=2', true",
        "ANY, 'a=x b=2', true",
        "ANY, 'a=x b=x', false",
        "ANY, '', false"
    })
    void headersAreComparedAllOrAny(Match match, String headers, boolean matches) {
        BindingSpec spec = new BindingSpec("", Map.of("a", Optional.of(utf8("1")), "b", Optional.of(utf8("2"))), match);
        assertThat(matches(Routing.HEADERS, spec, address(headers))).isEqualTo(matches);
    }

    @Test
    void aHeaderMayHaveAnyValueWhereNoneIsGiven() {
        BindingSpec spec = new BindingSpec("", Map.of("a", Optional.empty()), Match.ALL);
        assertThat(matches(Routing.HEADERS, spec, address("a=1"))).isTrue();
        assertThat(matches(Routing.HEADERS, spec, address("b=1"))).isFalse();
    }

    @Test
    void ofNoHeadersARecordHasAllAndNotAny() {
        assertThat(matches(Routing.HEADERS, new BindingSpec("", Map.of(), Match.ALL), address("")))
                .isTrue();
        assertThat(matches(Routing.HEADERS, new BindingSpec("", Map.of(), Match.ANY), address("a=1")))
                .isFalse();
    }

    @Test
    void theFirstOfHeadersWithTheSameNameCounts() {
        BindingSpec spec = new BindingSpec("", Map.of("a", Optional.of(utf8("2"))), Match.ALL);
        assertThat(matches(Routing.HEADERS, spec, address("a=1 a=2"))).isFalse();
    }

    @Test
    void damagedHeadersCountUpToTheDamage() {
        HeaderWriter writer = new HeaderWriter();
        writer.add("a", utf8("1"));
        writer.add("b", utf8("2"));
        ByteBuffer whole = writer.section();
        RecordAddress address = new RecordAddress(TypedHeaders.NONE);
        address.set(null, whole.duplicate().limit(whole.limit() - 1));
        BindingSpec spec = new BindingSpec("", Map.of("a", Optional.of(utf8("1"))), Match.ALL);
        assertThat(matches(Routing.HEADERS, spec, address)).isTrue();
    }

    private static RecordAddress address(String headers) {
        HeaderWriter writer = new HeaderWriter();
        for (String header : headers.isEmpty() ? new String[0] : headers.split(" ", -1)) {
            writer.add(header.substring(0, 1), utf8(header.substring(2)));
        }
        RecordAddress address = new RecordAddress(TypedHeaders.NONE);
        address.set(null, writer.section());
        return address;
    }

    private static boolean matches(Routing routing, String bindingKey, @Nullable ByteBuffer key) {
        RecordAddress address = new RecordAddress(TypedHeaders.NONE);
        address.set(key, BatchBuilder.NO_HEADERS);
        return matches(routing, BindingSpec.key(bindingKey), address);
    }

    private static boolean matches(Routing routing, BindingSpec spec, RecordAddress address) {
        BindingKey key = new BindingKey(false, 1, 2, spec);
        Binding binding = Binding.open(key, Destination.GONE, Filter.of(routing, spec), 1);
        BindingIndex index = new BindingIndex(List.of(binding), List.of());
        List<Binding> found = new ArrayList<>(index.unconditional());
        index.find(address, found);
        assertThat(found.size()).isLessThanOrEqualTo(address.keys().size());
        return !found.isEmpty();
    }

    private static boolean matches(List<String> pattern, List<String> key) {
        if (pattern.isEmpty()) {
            return key.isEmpty();
        }
        List<String> rest = pattern.subList(1, pattern.size());
        if (pattern.get(0).equals("#")) {
            return matches(rest, key) || (!key.isEmpty() && matches(pattern, key.subList(1, key.size())));
        }
        return !key.isEmpty()
                && (pattern.get(0).equals("*") || pattern.get(0).equals(key.get(0)))
                && matches(rest, key.subList(1, key.size()));
    }

    private static List<String> split(String text) {
        return text.isEmpty() ? List.of() : List.of(text.split("\\.", -1));
    }

    private static String words(Random random, List<String> from) {
        StringBuilder words = new StringBuilder();
        for (int count = random.nextInt(6); count > 0; count--) {
            words.append(from.get(random.nextInt(from.size()))).append(count > 1 ? "." : "");
        }
        return words.toString();
    }

    private static ByteBuffer utf8(String text) {
        // not at position 0, so that positions are not mistaken for indexes
        byte[] bytes = ("xx" + text + "yy").getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.wrap(bytes, 2, bytes.length - 4);
    }
}
