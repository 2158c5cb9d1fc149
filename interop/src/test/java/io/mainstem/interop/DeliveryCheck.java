package io.mainstem.interop;

import io.mainstem.interop.BrokerProcess.Life;
import io.mainstem.interop.History.Event;
import io.mainstem.interop.History.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a queue promises to competing consumers whose broker is killed now and then. It is told the histories of all of
 * them, and finds what should not be:
 *
 * <ul>
 *   <li><em>lost</em>: a message that was delivered to nobody;
 *   <li><em>strange</em>: a delivery that nobody sent;
 *   <li><em>twice</em>: a message delivered twice in one life of the broker, though nobody gave it back;
 *   <li><em>unmarked</em>: a message delivered in a later life again, without the redelivered flag;
 *   <li><em>came back</em>: a message delivered again in a life after the one in which it was durably acknowledged.
 * </ul>
 *
 * <p>When is an acknowledgement durable? AMQP has no answer to it, so the clients send messages of their own, markers,
 * each after the one before was confirmed, on the channel of their acknowledgements. The broker writes acknowledgements
 * within 10 ms, through the same journal and in one order with the markers. An acknowledgement was read before the next
 * marker. At that time a write of state may be under way, which ends before the marker after that is confirmed; what
 * has been acknowledged is then written after 10 ms or at once, before a marker that was sent {@link #SETTLED} later.
 * So it is durable when <em>three</em> markers sent after it have been confirmed, and the last of them was sent
 * {@link #SETTLED} after it. A slow disk stalls the markers, too; only the 10 ms of the broker's timer are measured by
 * time, and they have 25 times that.
 */
final class DeliveryCheck {

    private static final Duration SETTLED = Duration.ofMillis(250);
    private static final int MARKERS = 3;

    private record Delivery(int life, boolean redelivered, String client) {}

    private final List<Life> lives;
    private final Map<String, List<Delivery>> deliveries = new HashMap<>();
    private final Map<String, Integer> durableSince = new HashMap<>();
    private final List<String> violations = new ArrayList<>();
    private int again;

    private DeliveryCheck(List<Life> lives) {
        this.lives = lives;
    }

    /**
     * @param violations at best none
     * @param again deliveries after the first one of a message
     * @param durable messages whose acknowledgement is known to be durable
     */
    record Result(List<String> violations, int again, int durable) {}

    static Result check(Set<String> expected, List<Life> lives, List<History> histories) {
        DeliveryCheck check = new DeliveryCheck(lives);
        for (History history : histories) {
            check.read(history);
        }
        for (String digest : expected) {
            if (!check.deliveries.containsKey(digest)) {
                check.violations.add("lost: " + digest);
            }
        }
        check.deliveries.forEach((digest, all) -> {
            if (!expected.contains(digest)) {
                check.violations.add("strange: " + digest + " " + all);
            }
            check.judge(digest, all);
        });
        return new Result(check.violations, check.again, check.durableSince.size());
    }

    private void read(History history) {
        Acknowledgements acknowledgements = new Acknowledgements();
        int life = -1;
        for (Event event : history.events()) {
            switch (event.kind()) {
                case CONNECTED -> {
                    life = lifeAt(event.nanos());
                    acknowledgements = new Acknowledgements();
                }
                case DELIVERED, REDELIVERED ->
                    deliveries
                            .computeIfAbsent(event.digest(), absent -> new ArrayList<>())
                            .add(new Delivery(life, event.kind() == Kind.REDELIVERED, history.client()));
                case ACKNOWLEDGED -> acknowledgements.add(event);
                case MARKER_CONFIRMED -> {
                    for (Event durable : acknowledgements.durableAfterMarker(event.nanos())) {
                        durableSince.merge(durable.digest(), life, Math::min);
                    }
                }
            }
        }
    }

    /** Those of one connection, and how many of them are durable. */
    private static final class Acknowledgements {

        private final List<Event> all = new ArrayList<>();
        private final List<Integer> countsAtMarkers = new ArrayList<>();
        private int durable;

        void add(Event acknowledgement) {
            all.add(acknowledgement);
        }

        /** Those that are known to be durable only now. */
        List<Event> durableAfterMarker(long markerNanos) {
            countsAtMarkers.add(all.size());
            if (countsAtMarkers.size() < MARKERS) {
                return List.of();
            }
            int limit = countsAtMarkers.get(countsAtMarkers.size() - MARKERS);
            int from = durable;
            while (durable < limit && markerNanos - all.get(durable).nanos() >= SETTLED.toNanos()) {
                durable++;
            }
            return all.subList(from, durable);
        }
    }

    private int lifeAt(long nanos) {
        for (int life = 0; life < lives.size(); life++) {
            if (nanos >= lives.get(life).startNanos()
                    && nanos <= lives.get(life).endNanos()) {
                return life;
            }
        }
        throw new IllegalStateException("connected at " + nanos + " while no broker ran: " + lives);
    }

    private void judge(String digest, List<Delivery> all) {
        int first = all.stream().mapToInt(Delivery::life).min().orElseThrow();
        long distinctLives = all.stream().mapToInt(Delivery::life).distinct().count();
        again += all.size() - 1;
        if (distinctLives < all.size()) {
            violations.add("twice: " + digest + " " + all);
        }
        if (all.stream().anyMatch(delivery -> delivery.life() > first && !delivery.redelivered())) {
            violations.add("unmarked: " + digest + " " + all);
        }
        int since = durableSince.getOrDefault(digest, Integer.MAX_VALUE);
        if (all.stream().anyMatch(delivery -> delivery.life() > since)) {
            violations.add("came back: " + digest + " acknowledged in life " + since + " " + all);
        }
    }
}
