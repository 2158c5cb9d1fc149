package io.mainstem.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.mainstem.broker.BindingSpec.Match;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the metadata log holds, also what former versions have written. */
class MetadataRecordTest {

    private static final Cut CUT = new Cut(Map.of(3L, new long[] {10, 20}));
    private static final BindingSpec HEADERS =
            new BindingSpec("k", Map.of("a", Optional.of(Buffers.utf8("1")), "b", Optional.empty()), Match.ANY);

    static Stream<MetadataRecord> records() {
        TopicSpec spec =
                TopicSpec.routed("t", Routing.HEADERS).withAlternate("other").asInternal();
        return Stream.of(
                new MetadataRecord.TopicCreated(spec, new UUID(1, 2), 7, CUT),
                new MetadataRecord.TopicCreated(TopicSpec.stream("s", 3), new UUID(1, 2), -1, Cut.NONE),
                new MetadataRecord.TopicRouted(3, Routing.EXACT, Optional.of("other"), true, Map.of(), CUT),
                new MetadataRecord.TopicDeleted(3, CUT),
                new MetadataRecord.QueueDeleted(4, CUT),
                new MetadataRecord.Bound(new BindingKey(true, 4, 3, HEADERS), CUT),
                new MetadataRecord.Unbound(new BindingKey(false, 4, 3, HEADERS), CUT));
    }

    @ParameterizedTest
    @MethodSource("records")
    void aRecordIsReadAsItWasWritten(MetadataRecord record) {
        FieldWriter out = new FieldWriter();
        record.encode(out);
        assertThat(MetadataRecord.decode(new FieldReader(out.bytes())))
                .usingRecursiveComparison()
                .isEqualTo(record);
    }

    @Test
    void whatFormerVersionsHaveWrittenMeansTheSame() {
        assertMeans(
                out -> out.number(9)
                        .text("t")
                        .number(1)
                        .number(0)
                        .flag(true)
                        .uuid(new UUID(1, 2))
                        .number(-1)
                        .texts(Map.of()),
                new MetadataRecord.TopicCreated(
                        TopicSpec.routed("t", Routing.EXACT, false, true).withSettings(TopicSettings.DEFAULTS),
                        new UUID(1, 2),
                        MetadataRecord.NO_OWNER,
                        Cut.NONE));
        assertMeans(
                out -> out.number(2).number(3).number(1),
                new MetadataRecord.TopicRouted(3, Routing.PATTERN, Optional.empty(), false, Map.of(), Cut.NONE));
        assertMeans(out -> out.number(3).number(4), new MetadataRecord.TopicDeleted(4, Cut.NONE));
        assertMeans(out -> out.number(5).number(4), new MetadataRecord.QueueDeleted(4, Cut.NONE));
        BindingKey key = new BindingKey(false, 4, 3, BindingSpec.key("a.*"));
        assertMeans(
                out -> out.number(6).number(4).number(3).text("a.*").numbers(new long[] {10, 20}),
                new MetadataRecord.Bound(key, CUT));
        assertMeans(
                out -> out.number(7).number(4).number(3).text("a.*").numbers(new long[] {10, 20}),
                new MetadataRecord.Unbound(key, CUT));
    }

    private static void assertMeans(Consumer<FieldWriter> written, MetadataRecord meant) {
        FieldWriter out = new FieldWriter();
        written.accept(out);
        assertThat(MetadataRecord.decode(new FieldReader(out.bytes())))
                .usingRecursiveComparison()
                .isEqualTo(meant);
    }
}
