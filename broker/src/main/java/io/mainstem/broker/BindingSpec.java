package io.mainstem.broker;

import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a binding wants, and what tells it from the others between the same two ends. How it is read is the
 * {@link Routing} of the topic that the records come from.
 *
 * @param key for EXACT and PATTERN; up to {@value #KEY_LIMIT_BYTES} bytes of UTF-8
 * @param headers for HEADERS: the names that a record's headers are looked up by, each with the bytes that the first of
 *     that name must have (see {@link TypedHeaders}), or with nothing if it must only be there
 * @param match for HEADERS: how many of these a record must fulfil
 */
public record BindingSpec(String key, Map<String, Optional<ByteBuffer>> headers, Match match) {

    public static final int KEY_LIMIT_BYTES = 64 << 10;
    public static final int HEADERS_LIMIT = 1_000;

    /** How many of the headers a record must have. Of no headers at all, it always has all, and never any. */
    public enum Match {
        ALL(0),
        ANY(1);

        private final int id;

        Match(int id) {
            this.id = id;
        }

        static Match ofId(int id) {
            for (Match candidate : values()) {
                if (candidate.id == id) {
                    return candidate;
                }
            }
            throw new IllegalStateException("match " + id + ": made by a newer version?");
        }
    }

    public BindingSpec {
        headers = Collections.unmodifiableMap(new TreeMap<>(headers));
    }

    public static BindingSpec key(String key) {
        return new BindingSpec(key, Map.of(), Match.ALL);
    }

    FieldWriter encode(FieldWriter out) {
        out.text(key).number(match.id).number(headers.size());
        headers.forEach((name, value) -> {
            out.text(name).flag(value.isPresent());
            value.ifPresent(out::bytes);
        });
        return out;
    }

    static BindingSpec decode(FieldReader in) {
        String key = in.text();
        Match match = Match.ofId(in.intNumber());
        Map<String, Optional<ByteBuffer>> headers = new TreeMap<>();
        for (int remaining = in.intNumber(); remaining > 0; remaining--) {
            headers.put(in.text(), in.flag() ? Optional.of(Buffers.copyOf(in.bytes())) : Optional.empty());
        }
        return new BindingSpec(key, headers, match);
    }
}
