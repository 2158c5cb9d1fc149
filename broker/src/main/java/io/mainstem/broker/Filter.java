package io.mainstem.broker;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a binding wants of a record. Of the keys of a record one has to fit. {@link BindingIndex} asks. */
sealed interface Filter {

    static Filter of(Routing routing, BindingSpec spec) {
        return switch (routing) {
            case ALL -> new All();
            case EXACT -> new Exact(Buffers.utf8(spec.key()));
            case PATTERN -> ofPattern(spec.key());
            case HEADERS -> Headers.of(spec);
        };
    }

    private static Filter ofPattern(String key) {
        if (key.equals("#")) {
            return new All();
        }
        List<String> words = List.of(key.split("\\.", -1));
        return words.contains("*") || words.contains("#") ? new Pattern(key) : new Exact(Buffers.utf8(key));
    }

    /** Wants every record, without a look at it. */
    record All() implements Filter {}

    /** Wants the records that have the binding's key. */
    record Exact(ByteBuffer bindingKey) implements Filter {}

    /**
     * Wants the records that have all of these headers, or any of them.
     *
     * @param values beside the names; null where any value will do
     */
    record Headers(List<ByteBuffer> names, List<@Nullable ByteBuffer> values, boolean all) implements Filter {

        static Filter of(BindingSpec spec) {
            boolean all = spec.match() == BindingSpec.Match.ALL;
            if (all && spec.headers().isEmpty()) {
                return new All();
            }
            List<ByteBuffer> names = new ArrayList<>();
            List<@Nullable ByteBuffer> values = new ArrayList<>();
            spec.headers().forEach((name, value) -> {
                names.add(Buffers.utf8(name));
                values.add(value.orElse(null));
            });
            return new Headers(names, values, all);
        }

        boolean matches(RecordAddress address) {
            for (int index = 0; index < names.size(); index++) {
                if (address.has(names.get(index), values.get(index)) != all) {
                    return !all;
                }
            }
            return all;
        }
    }

    /** Wants the records that have a key which fits, see {@link PatternIndex}. */
    record Pattern(String text) implements Filter {}
}
