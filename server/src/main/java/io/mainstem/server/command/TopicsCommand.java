package io.mainstem.server.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netty.handler.codec.http.HttpMethod;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code mainstem topics}: looks at topics, makes and removes them. */
@Command(
        name = "topics",
        description = "List, create, describe, configure and delete topics.",
        footer = {"", "Examples:", "  mainstem topics create orders --partitions 6", "  mainstem topics describe orders"
        },
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND")
public final class TopicsCommand {

    /** What the broker keeps for itself. */
    private static final String OWN_PREFIX = "q.";

    /** An exchange, which is a topic too, may have other names. */
    private static final Pattern KAFKA_NAME = Pattern.compile("(?!\\.{1,2}$)[A-Za-z0-9._-]{1,249}");

    /** Made by the command line. */
    TopicsCommand() {}

    @Command(name = "list", description = "List the topics.", mixinStandardHelpOptions = true, sortOptions = false)
    int list(
            @Option(names = "--all", description = "Also the own topics of queues, q.*.") boolean all,
            @Mixin BrokerOption broker) {
        Table table = new Table("TOPIC", "PARTITIONS", "RECORDS");
        for (JsonNode topic : broker.client().get("/topics").path("topics")) {
            String name = topic.path("name").asText();
            if (all || !name.startsWith(OWN_PREFIX)) {
                table.add(
                        name,
                        topic.path("partitions").asInt(),
                        topic.path("offsets").asLong());
            }
        }
        table.print(System.out);
        return 0;
    }

    @Command(
            name = "create",
            description = "Make a topic.",
            footer = {"", "Example:", "  mainstem topics create orders --partitions 6"},
            mixinStandardHelpOptions = true,
            sortOptions = false)
    int create(
            @Parameters(paramLabel = "TOPIC", description = "Its name.") String topic,
            @Option(
                            names = "--partitions",
                            paramLabel = "N",
                            defaultValue = "1",
                            description = "In how many logs it is kept; each keeps its order. Default: 1")
                    int partitions,
            @Option(
                            names = "--set",
                            paramLabel = "NAME=VALUE",
                            description = "A setting by Kafka's name, such as retention.ms=86400000.")
                    @Nullable
                    Map<String, String> settings,
            @Mixin BrokerOption broker) {
        if (!KAFKA_NAME.matcher(topic).matches()) {
            throw new CommandException("Kafka clients could not use a topic '" + topic
                    + "': a name has 1 to 249 of A-Z, a-z, 0-9, '.', '_' and '-', and is not '.' or '..'");
        }
        ObjectNode wanted =
                JsonNodeFactory.instance.objectNode().put("name", topic).put("partitions", partitions);
        put(settings, wanted.putObject("settings"));
        broker.client().send(HttpMethod.POST, "/topics", wanted);
        return 0;
    }

    @Command(
            name = "describe",
            description = "Show a topic with its partitions.",
            mixinStandardHelpOptions = true,
            sortOptions = false)
    int describe(
            @Parameters(paramLabel = "TOPIC", description = "Its name.") String topic, @Mixin BrokerOption broker) {
        JsonNode description = broker.client().get(path(topic));
        System.out.println("topic    " + description.path("name").asText());
        System.out.println("id       " + description.path("id").asText());
        System.out.println("kept     " + (description.path("inMemory").asBoolean() ? "in memory" : "on disk"));
        description
                .path("settings")
                .properties()
                .forEach(setting -> System.out.println("set      " + setting.getKey() + "="
                        + setting.getValue().asText()));
        System.out.println();
        Table table = new Table("PARTITION", "FIRST OFFSET", "END OFFSET", "BYTES");
        for (JsonNode log : description.path("logs")) {
            table.add(
                    log.path("partition").asInt(),
                    log.path("firstOffset").asLong(),
                    log.path("endOffset").asLong(),
                    log.path("bytes").asLong());
        }
        table.print(System.out);
        return 0;
    }

    @Command(
            name = "configure",
            description = "Change how a topic keeps its records, or add partitions.",
            footer = {
                "",
                "Examples:",
                "  mainstem topics configure orders --set retention.ms=86400000",
                "  mainstem topics configure orders --set retention.records=1000000",
                "  mainstem topics configure orders --unset retention.ms",
                "  mainstem topics configure orders --partitions 12"
            },
            mixinStandardHelpOptions = true,
            sortOptions = false)
    int configure(
            @Parameters(paramLabel = "TOPIC", description = "Its name.") String topic,
            @Option(names = "--set", paramLabel = "NAME=VALUE", description = "A setting by Kafka's name.") @Nullable
                    Map<String, String> settings,
            @Option(names = "--unset", paramLabel = "NAME", description = "Back to the default.") @Nullable
                    List<String> defaults,
            @Option(names = "--partitions", paramLabel = "N", description = "How many there shall be; only more.")
                    @Nullable
                    Integer partitions,
            @Mixin BrokerOption broker) {
        ObjectNode wanted = JsonNodeFactory.instance.objectNode();
        ObjectNode changes = wanted.putObject("settings");
        put(settings, changes);
        if (defaults != null) {
            defaults.forEach(name -> unset(name, changes));
        }
        if (partitions != null) {
            wanted.put("partitions", partitions);
        }
        if (changes.isEmpty() && partitions == null) {
            throw new CommandException("nothing to change: give --set, --unset or --partitions");
        }
        broker.client().send(HttpMethod.PATCH, path(topic), wanted);
        return 0;
    }

    @Command(
            name = "delete",
            description = "Remove a topic and all its records.",
            mixinStandardHelpOptions = true,
            sortOptions = false)
    int delete(
            @Parameters(paramLabel = "TOPIC", description = "Its name.") String topic,
            @Option(names = "--if-unused", description = "Only if no queue is bound to it.") boolean ifUnused,
            @Mixin BrokerOption broker) {
        broker.client().delete(path(topic) + (ifUnused ? "?if-unused=true" : ""));
        return 0;
    }

    private static void unset(String name, ObjectNode changes) {
        if (changes.hasNonNull(name)) {
            throw new CommandException("--set and --unset both name '" + name + "': give one of them");
        }
        changes.putNull(name);
    }

    private static void put(@Nullable Map<String, String> settings, ObjectNode into) {
        if (settings != null) {
            settings.forEach(into::put);
        }
    }

    private static String path(String topic) {
        return "/topics/" + AdminClient.encode(topic);
    }
}
