package io.mainstem.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Every confirmed message is in the topic: once if it was sent once, and at most as often as it was sent if its
 * publisher could not know what had become of it.
 */
final class PublishCheck {

    private PublishCheck() {}

    static void check(ConfirmingPublisher publisher, List<Entry> sent, List<Entry> stored) {
        Map<Entry, Integer> counts = new HashMap<>();
        stored.forEach(entry -> counts.merge(entry, 1, Integer::sum));
        List<String> violations = new ArrayList<>();
        int doubled = 0;
        for (int index = 0; index < sent.size(); index++) {
            Entry entry = sent.get(index);
            int count = counts.getOrDefault(entry, 0);
            int least = publisher.isConfirmed(index) ? 1 : 0;
            if (count < least || count > publisher.attempts(index)) {
                violations.add(entry + ": confirmed " + publisher.isConfirmed(index) + ", sent "
                        + publisher.attempts(index) + " times, stored " + count + " times");
            }
            doubled += Math.max(0, count - 1);
        }
        Set<Entry> strange = new HashSet<>(stored);
        sent.forEach(strange::remove);
        assertThat(violations).as("confirmed, but not so stored").isEmpty();
        assertThat(strange).as("stored, but never sent").isEmpty();
        System.out.printf(
                "%d messages confirmed, %d stored again by a retry after an unknown outcome%n",
                publisher.confirmedCount(), doubled);
    }
}
