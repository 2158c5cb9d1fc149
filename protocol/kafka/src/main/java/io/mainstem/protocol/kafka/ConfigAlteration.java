package io.mainstem.protocol.kafka;

import io.mainstem.broker.TopicSettings;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** What both ways of altering configs share: one outcome for each resource, whatever becomes of the others. */
final class ConfigAlteration {

    /** What is to be altered, and how; the change may throw what the client is to be told. */
    record Wanted(byte type, String name, UnaryOperator<Map<String, String>> change) {}

    /** What became of it. */
    record Outcome(Wanted wanted, Errors error, @Nullable String message) {}

    private record Resource(byte type, String name) {}

    private final Catalog catalog;

    ConfigAlteration(Catalog catalog) {
        this.catalog = catalog;
    }

    /** In the order of the request. */
    CompletionStage<List<Outcome>> alter(List<Wanted> all, boolean validateOnly) {
        Map<Resource, Integer> times = new HashMap<>();
        all.forEach(wanted -> times.merge(new Resource(wanted.type, wanted.name), 1, Integer::sum));
        return Stages.all(all.stream()
                .map(wanted -> {
                    boolean alone = times.getOrDefault(new Resource(wanted.type, wanted.name), 0) == 1;
                    return alter(wanted, alone, validateOnly).handle((done, failure) -> outcome(wanted, failure));
                })
                .toList());
    }

    private CompletionStage<?> alter(Wanted wanted, boolean alone, boolean validateOnly) {
        try {
            if (!alone) {
                throw new InvalidRequestException("the request names the resource more than once");
            }
            requireAlterable(wanted);
            if (validateOnly) {
                Map<String, String> present = catalog.find(wanted.name)
                        .orElseThrow(Errors.UNKNOWN_TOPIC_OR_PARTITION::exception)
                        .spec()
                        .settings()
                        .explicit();
                return CompletableFuture.completedFuture(TopicSettings.of(wanted.change.apply(new TreeMap<>(present))));
            }
            return catalog.topics().configure(wanted.name, wanted.change);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private void requireAlterable(Wanted wanted) {
        ConfigResource.Type type = ConfigResource.Type.forId(wanted.type);
        if (type == ConfigResource.Type.BROKER) {
            if (!wanted.name.isEmpty()) {
                DescribeConfigsHandler.requireThisBroker(wanted.name);
            }
            throw new InvalidRequestException("the broker's configs cannot be altered while it runs");
        }
        if (type != ConfigResource.Type.TOPIC) {
            throw new InvalidRequestException("resources of type " + type + " have no configs here");
        }
        if (wanted.name.isEmpty()) {
            throw new InvalidRequestException("topics have no configs in common that could be altered");
        }
        if (catalog.find(wanted.name).isEmpty()) {
            throw Errors.UNKNOWN_TOPIC_OR_PARTITION.exception();
        }
    }

    private static Outcome outcome(Wanted wanted, @Nullable Throwable failure) {
        return failure == null
                ? new Outcome(wanted, Errors.NONE, null)
                : new Outcome(
                        wanted,
                        Failures.errorOf(failure),
                        Failures.cause(failure).getMessage());
    }
}
