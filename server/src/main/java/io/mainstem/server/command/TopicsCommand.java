package io.mainstem.server.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.netty.handler.codec.http.HttpMethod;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code mainstem topics}: looks at topics, makes and removes them. */
@Command(
        name = "topics",
        description = "List, create, describe and delete topics.",
        footer = {"", "Examples:", "  mainstem topics create orders --partitions 6", "  mainstem topics describe orders"
        },
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND")
public final class TopicsCommand {

    /** What the broker keeps for itself. */
    private static final String OWN_PREFIX = "q.";

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
            @Mixin BrokerOption broker) {
        JsonNode wanted =
                JsonNodeFactory.instance.objectNode().put("name", topic).put("partitions", partitions);
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
        System.out.println();
        Table table = new Table("PARTITION", "FIRST OFFSET", "END OFFSET");
        for (JsonNode log : description.path("logs")) {
            table.add(
                    log.path("partition").asInt(),
                    log.path("firstOffset").asLong(),
                    log.path("endOffset").asLong());
        }
        table.print(System.out);
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

    private static String path(String topic) {
        return "/topics/" + AdminClient.encode(topic);
    }
}
