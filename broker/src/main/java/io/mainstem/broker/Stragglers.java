package io.mainstem.broker;

import io.mainstem.engine.Bounds;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Keeps a few messages that nobody settles from keeping a whole log: when what queues have of the first part of it is
 * less than a tenth of that, they take it into their own topics. So a queue that is left alone costs its own backlog,
 * and not the topic's. Belongs to the topic's event loop.
 */
final class Stragglers {

    /** What is freed must be so many times as much as what is copied. */
    private static final int WORTH_FACTOR = 10;

    private final Topic topic;
    private final EventLoop loop;

    Stragglers(Topic topic, EventLoop loop) {
        this.topic = topic;
        this.loop = loop;
    }

    /**
     * Lets queues relocate what is in the way of letting go.
     *
     * @param limits what may go at most of each log
     * @return completes with whether anything was relocated
     */
    CompletionStage<Boolean> relocate(long[] limits) {
        CompletionStage<Boolean> relocated = CompletableFuture.completedFuture(false);
        for (int partition = 0; partition < limits.length; partition++) {
            int present = partition;
            relocated = relocated.thenComposeAsync(
                    before -> relocate(present, limits[present]).thenApply(now -> before || now), loop);
        }
        return relocated;
    }

    private CompletionStage<Boolean> relocate(int partition, long limit) {
        long firstOffset = topic.bounds(partition).firstOffset();
        if (!freesSegment(partition, limit)) {
            return CompletableFuture.completedFuture(false);
        }
        Backlog none = Backlog.none(firstOffset, limit);
        Map<Queue, CompletableFuture<Backlog>> asked = new LinkedHashMap<>();
        for (Queue queue : topic.queuesThatMayHold()) {
            asked.put(
                    queue,
                    queue.relocations()
                            .backlog(topic, partition, firstOffset, limit)
                            .exceptionally(failure -> SettledRetention.nothingIfGone(failure, none))
                            .toCompletableFuture());
        }
        return Topic.all(asked.values(), answer -> answer)
                .thenComposeAsync(
                        answered -> {
                            Backlog all = none;
                            for (CompletableFuture<Backlog> answer : asked.values()) {
                                all = all.plus(answer.join());
                            }
                            asked.values().removeIf(answer -> answer.join().isEmpty());
                            return relocate(partition, List.copyOf(asked.keySet()), worthMovingBelow(partition, all));
                        },
                        loop);
    }

    private CompletionStage<Boolean> relocate(int partition, List<Queue> queues, long belowOffset) {
        CompletionStage<Boolean> relocated = CompletableFuture.completedFuture(false);
        if (belowOffset < 0) {
            return relocated;
        }
        for (Queue queue : queues) {
            relocated = relocated.thenComposeAsync(
                    before -> queue.relocations()
                            .relocate(topic, partition, belowOffset)
                            .thenApply(now -> before || now)
                            .exceptionally(failure -> SettledRetention.nothingIfGone(failure, before)),
                    loop);
        }
        return relocated;
    }

    /** The end of the longest part that is worth it; -1 if there is none. */
    private long worthMovingBelow(int partition, Backlog backlog) {
        long below = -1;
        long moved = 0;
        for (int piece = 0; piece < backlog.pieces(); piece++) {
            long end = backlog.endOf(piece);
            if (end > backlog.fixedFrom()) {
                break;
            }
            moved += backlog.bytes()[piece];
            if (freesSegment(partition, end) && moved <= bytesBelow(partition, end) / WORTH_FACTOR) {
                below = end;
            }
        }
        return below;
    }

    private boolean freesSegment(int partition, long beforeOffset) {
        return bytesBelow(partition, beforeOffset) >= topic.spec().settings().number(TopicSettingTable.SEGMENT_BYTES);
    }

    /** About, for only the store knows exactly. */
    private double bytesBelow(int partition, long beforeOffset) {
        Bounds bounds = topic.bounds(partition);
        double offsets = Math.max(1, bounds.durableEndOffset() - bounds.firstOffset());
        return topic.sizeInBytes(partition).orElse(0) * ((beforeOffset - bounds.firstOffset()) / offsets);
    }
}
