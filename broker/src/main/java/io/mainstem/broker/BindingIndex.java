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
    private final List<Binding> others = new ArrayList<>();
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
            } else {
                others.add(binding);
            }
        }
    }

    /** Those that want every record. */
    List<Binding> unconditional() {
        return unconditional;
    }

    /** Those that want records with exactly this key. */
    List<Binding> withKey(ByteBuffer key) {
        return byExactKey.getOrDefault(key, List.of());
    }

    boolean hasExactKeys() {
        return !byExactKey.isEmpty();
    }

    /** Those that must be asked one by one. */
    List<Binding> others() {
        return others;
    }

    List<Bindings.Alternate> alternates() {
        return alternates;
    }

    boolean isSelective() {
        return hasExactKeys() || !others.isEmpty();
    }
}
