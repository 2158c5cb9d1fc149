package io.mainstem.broker;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What one queue has given out. */
final class Seen {
    final Map<String, Integer> deliveries = new LinkedHashMap<>();
    final Map<String, Long> lastFirstDelivery = new HashMap<>();
    final Map<String, Boolean> settled = new HashMap<>();
    final Map<String, Boolean> settledDurably = new HashMap<>();

    /** Since the start of the broker. */
    final Set<String> rejected = new HashSet<>();

    /** The records that an id came with: more than one only if a move has doubled it. */
    final Map<String, Set<String>> records = new HashMap<>();

    boolean greedy;
    final List<Delivery> held = new ArrayList<>();

    @Nullable
    Subscription subscription;
}
