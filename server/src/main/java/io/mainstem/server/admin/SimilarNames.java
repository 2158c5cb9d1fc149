package io.mainstem.server.admin;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** For a name that there is not, finds the one that may have been meant. */
final class SimilarNames {

    private SimilarNames() {}

    /** What to say of a name that there is not: another one, or else this. */
    static String hint(String name, Collection<String> names, String otherwise) {
        return closest(name, names)
                .map(other -> "did you mean '" + other + "'?")
                .orElse(otherwise);
    }

    private static Optional<String> closest(String name, Collection<String> names) {
        int furthest = Math.max(1, name.length() / 3);
        return names.stream()
                .filter(other -> distance(name, other) <= furthest)
                .min(Comparator.comparingInt(other -> distance(name, other)));
    }

    /** Letters to insert, remove or replace until the one is the other. */
    private static int distance(String one, String other) {
        int[] row = new int[other.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= one.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int replaced = diagonal + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[other.length()];
    }
}
