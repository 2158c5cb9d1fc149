package io.mainstem.broker;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds, of many patterns, those that a key fits. A pattern is words between dots, of which {@code *} stands for any
 * one and {@code #} for any number of them; empty text has no words. Patterns share what they begin with, and a key is
 * walked through once, in all places at the same time that it may have come to: so the effort is bounded by its words
 * times these places, whatever the patterns. Safe for use by several threads once it is filled.
 */
final class PatternIndex {

    private static final String ANY_ONE = "*";
    private static final String ANY_NUMBER = "#";

    /** A place in a pattern, after some of its words. */
    private static final class Place {
        final Map<ByteBuffer, Place> afterWord = new HashMap<>();
        final List<Binding> ending = new ArrayList<>();

        @Nullable
        Place afterAnyOne;

        @Nullable
        Place afterAnyNumber;

        /** After {@code #}, which may take one word more. */
        final boolean stays;

        Place(boolean stays) {
            this.stays = stays;
        }

        Place after(String word) {
            switch (word) {
                case ANY_ONE -> {
                    Place next = afterAnyOne == null ? new Place(false) : afterAnyOne;
                    afterAnyOne = next;
                    return next;
                }
                case ANY_NUMBER -> {
                    Place next = afterAnyNumber == null ? new Place(true) : afterAnyNumber;
                    afterAnyNumber = next;
                    return next;
                }
                default -> {
                    ByteBuffer bytes = ByteBuffer.wrap(word.getBytes(StandardCharsets.UTF_8));
                    return afterWord.computeIfAbsent(bytes, absent -> new Place(false));
                }
            }
        }
    }

    /** Where a key may have come to. Only a place that stays can be come to in two ways, by staying and anew. */
    private static final class Places {
        final List<Place> all = new ArrayList<>();
        private @Nullable Set<Place> staying;

        void add(@Nullable Place place) {
            Place next = place;
            while (next != null && (!next.stays || addStaying(next))) {
                all.add(next);
                next = next.afterAnyNumber;
            }
        }

        private boolean addStaying(Place place) {
            if (staying == null) {
                staying = new HashSet<>();
            }
            return staying.add(place);
        }
    }

    private final Place beginning = new Place(false);
    private boolean empty = true;

    boolean isEmpty() {
        return empty;
    }

    void add(String pattern, Binding binding) {
        empty = false;
        Place place = beginning;
        for (String word : pattern.isEmpty() ? new String[0] : pattern.split("\\.", -1)) {
            place = place.after(word);
        }
        place.ending.add(binding);
    }

    /** Adds the bindings whose patterns the key fits, each once. */
    void find(ByteBuffer key, List<Binding> found) {
        Places places = new Places();
        places.add(beginning);
        int start = key.position();
        int limit = key.limit();
        // one past the imagined dot that ends the last word; an empty key has no word at all
        int end = start == limit ? start : limit + 1;
        while (start < end && !places.all.isEmpty()) {
            int wordEnd = endOfWord(key, start);
            places = after(places, key.slice(start, wordEnd - start));
            start = wordEnd + 1;
        }
        for (Place place : places.all) {
            found.addAll(place.ending);
        }
    }

    private static Places after(Places places, ByteBuffer word) {
        Places next = new Places();
        for (Place place : places.all) {
            if (place.stays) {
                next.add(place);
            }
            next.add(place.afterWord.get(word));
            next.add(place.afterAnyOne);
        }
        return next;
    }

    private static int endOfWord(ByteBuffer key, int from) {
        int index = from;
        while (index < key.limit() && key.get(index) != '.') {
            index++;
        }
        return index;
    }
}
