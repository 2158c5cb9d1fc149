package io.mainstem.broker;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The bindings of one topic in the order in which they can be asked quickest. Immutable. */
final class BindingIndex {

    private final List<Binding> unconditional = new ArrayList<>();
    private final Map<ByteBuffer, List<Binding>> byExactKey = new HashMap<>();
    private final PatternIndex patterns = new PatternIndex();

    /** Those that must be asked one by one. */
    private final List<Binding> withHeaders = new ArrayList<>();

    private final List<Bindings.Alternate> alternates;

    BindingIndex(List<Binding> bindings, List<Bindings.Alternate> alternates) {
        this.alternates = List.copyOf(alternates);
        for (Binding binding : bindings) {
            if (binding.filter() instanceof Filter.All) {
                unconditional.add(binding);
            } else if (binding.filter() instanceof Filter.Exact exact) {
                byExactKey
                        .computeIfAbsent(exact.bindingKey(), absent -> new ArrayList<>(1))
                        .add(binding);
            } else if (binding.filter() instanceof Filter.Pattern pattern) {
                patterns.add(pattern.text(), binding);
            } else {
                withHeaders.add(binding);
            }
        }
    }

    /** Those that want every record. */
    List<Binding> unconditional() {
        return unconditional;
    }

    /** Adds the others that want this record, also those that are not in force, and some perhaps twice. */
    void find(RecordAddress address, List<Binding> found) {
        if (!byExactKey.isEmpty() || !patterns.isEmpty()) {
            List<ByteBuffer> keys = address.keys();
            for (int at = 0; at < keys.size(); at++) {
                ByteBuffer key = keys.get(at);
                List<Binding> exact = byExactKey.get(key);
                if (exact != null) {
                    found.addAll(exact);
                }
                if (!patterns.isEmpty()) {
                    patterns.find(key, found);
                }
            }
        }
        for (int at = 0; at < withHeaders.size(); at++) {
            Binding binding = withHeaders.get(at);
            if (((Filter.Headers) binding.filter()).matches(address)) {
                found.add(binding);
            }
        }
    }

    List<Bindings.Alternate> alternates() {
        return alternates;
    }

    /** Whether there is anything to {@link #find}. */
    boolean isSelective() {
        return !byExactKey.isEmpty() || !patterns.isEmpty() || !withHeaders.isEmpty();
    }
}
