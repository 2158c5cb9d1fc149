package io.mainstem.server.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netty.handler.codec.http.HttpMethod;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code mainstem queues}: looks at queues and at what they hold, empties them and fills them again. */
@Command(
        name = "queues",
        description = "Look into queues, empty them, send dead letters back, replay what was settled.",
        footer = {
            "",
            "Examples:",
            "  mainstem queues browse billing.dead",
            "  mainstem queues redrive billing.dead --queue billing",
            "  mainstem queues replay billing --from '2026-01-31 08:30'"
        },
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND")
public final class QueuesCommand {

    private static final String NAME = "Its name.";

    /** Made by the command line. */
    QueuesCommand() {}

    @Command(
            name = "list",
            description = {
                "List the queues.",
                "READY messages wait for a consumer, HELD ones are delivered and not acknowledged, DELAYED ones are"
                        + " ready later; BYTES are those of the ready ones."
            },
            mixinStandardHelpOptions = true,
            sortOptions = false)
    int list(@Mixin BrokerOption broker) {
        Table table = new Table("QUEUE", "READY", "HELD", "DELAYED", "BYTES", "CONSUMERS", "TYPE", "DECLARED");
        for (JsonNode queue : broker.client().get("/queues").path("queues")) {
            table.add(
                    queue.path("name").asText(),
                    queue.path("ready").asLong(),
                    queue.path("held").asText("-"),
                    queue.path("delayed").asText("-"),
                    queue.path("readyBytes").asText("-"),
                    queue.path("consumers").asInt(),
                    queue.path("type").asText(),
                    declared(queue));
        }
        table.print(System.out);
        return 0;
    }

    @Command(
            name = "describe",
            description = "Show a queue with its settings and bindings, and how much it holds.",
            mixinStandardHelpOptions = true,
            sortOptions = false)
    int describe(@Parameters(paramLabel = "QUEUE", description = NAME) String queue, @Mixin BrokerOption broker) {
        JsonNode description = broker.client().get(path(queue));
        boolean stream = description.path("type").asText().equals("stream");
        System.out.println("queue      " + description.path("name").asText());
        System.out.println("type       " + description.path("type").asText());
        System.out.println("declared   " + declared(description));
        if (stream) {
            System.out.println("records    " + description.path("ready").asLong());
        } else {
            System.out.println("ready      " + description.path("ready").asLong() + " ("
                    + description.path("readyBytes").asLong() + " bytes)");
            System.out.println("held       " + description.path("held").asLong());
            System.out.println("delayed    " + description.path("delayed").asLong());
        }
        System.out.println("consumers  " + description.path("consumers").asInt());
        if (description.path("expired").asLong() > 0) {
            System.out.println(
                    "expired    " + description.path("expired").asLong() + " had left their topics since the start");
        }
        print("set        ", description.path("settings"));
        print("label      ", description.path("labels"));
        if (!stream) {
            printBindings(description.path("bindings"));
        }
        return 0;
    }

    @Command(
            name = "purge",
            description = {
                "Settle all messages that wait, as if they had been acknowledged.",
                "Those that consumers hold, or that are delayed, stay. Records stay in their topics as long as these"
                        + " keep them, and mainstem queues replay brings them back."
            },
            mixinStandardHelpOptions = true,
            sortOptions = false)
    int purge(@Parameters(paramLabel = "QUEUE", description = NAME) String queue, @Mixin BrokerOption broker) {
        JsonNode done = broker.client().delete(path(queue) + "/messages");
        System.out.println(messages(done) + " purged");
        long held = done.path("held").asLong();
        long delayed = done.path("delayed").asLong();
        if (held > 0 || delayed > 0) {
            System.err.println("mainstem: " + held + " that consumers hold and " + delayed + " that are delayed stay");
        }
        return 0;
    }

    @Command(
            name = "browse",
            description = {
                "Show what stands in a queue, in the order in which it would be delivered; nothing is taken.",
                "A message is shown as a line: its place in the queue, topic-partition@offset of its record, its state,"
                        + " how often it was delivered before, where and why it has died, its key and, after a tab,"
                        + " its value."
            },
            footer = {
                "",
                "Examples:",
                "  mainstem queues browse billing.dead",
                "  mainstem queues browse billing.dead --skip 100 --limit 20 --json"
            },
            mixinStandardHelpOptions = true,
            sortOptions = false)
    int browse(
            @Parameters(paramLabel = "QUEUE", description = NAME) String queue,
            @Option(
                            names = "--limit",
                            paramLabel = "N",
                            defaultValue = "100",
                            description = "Show so many messages at most, up to 10000. Default: 100")
                    int limit,
            @Option(
                            names = "--skip",
                            paramLabel = "N",
                            defaultValue = "0",
                            description = "Leave out so many at the beginning. Default: 0")
                    long skip,
            @Option(
                            names = "--json",
                            description = "Show each message as a JSON object with all there is to know of it; bytes"
                                    + " that are not UTF-8 are {\"base64\": \"...\"}.")
                    boolean json,
            @Mixin BrokerOption broker) {
        RecordLines shown = json ? RecordLines.json() : RecordLines.of(new MessageFormat()::write);
        long count = shown.show(broker.client(), path(queue) + "/messages?skip=" + skip + "&limit=" + limit);
        if (count == limit) {
            tellMore(queue, skip + count, broker.client());
        } else if (count == 0 && !json) {
            System.err.println(
                    "mainstem: queue '" + queue + "' holds nothing" + (skip == 0 ? "" : " beyond the first " + skip));
        }
        return 0;
    }

    @Command(
            name = "redrive",
            description = {
                "Send the dead letters in a queue back to the queues that they died in last.",
                "They come back as new messages, without their history. What never died, or died in a queue that is no"
                        + " longer there, stays."
            },
            footer = {
                "",
                "Examples:",
                "  mainstem queues redrive billing.dead",
                "  mainstem queues redrive billing.dead --queue billing"
            },
            mixinStandardHelpOptions = true,
            sortOptions = false)
    int redrive(
            @Parameters(paramLabel = "QUEUE", description = "The queue that holds them.") String queue,
            @Option(names = "--queue", paramLabel = "ORIGINAL", description = "Only those that died in this queue.")
                    @Nullable
                    String original,
            @Mixin BrokerOption broker) {
        ObjectNode wanted = JsonNodeFactory.instance.objectNode();
        if (original != null) {
            wanted.put("queue", original);
        }
        JsonNode done = broker.client().send(HttpMethod.POST, path(queue) + "/redrive", wanted);
        System.out.println(messages(done) + " sent back");
        if (done.path("ready").asLong() > 0) {
            System.err.println("mainstem: " + done.path("ready").asLong() + " stay in '" + queue
                    + "'; mainstem queues browse shows where they have died");
        }
        return 0;
    }

    @Command(
            name = "replay",
            description = {
                "Bring back, behind all others, what a queue had once got and has settled.",
                "What its topics no longer keep does not come back. Up to a million messages of a partition."
            },
            footer = {
                "",
                "Examples:",
                "  mainstem queues replay billing --from beginning",
                "  mainstem queues replay billing --from '2026-01-31 08:30'",
                "  mainstem queues replay billing --from 1200 --topic orders --partition 2"
            },
            mixinStandardHelpOptions = true,
            sortOptions = false)
    int replay(
            @Parameters(paramLabel = "QUEUE", description = NAME) String queue,
            @Option(
                            names = "--from",
                            required = true,
                            paramLabel = "POSITION",
                            description = "beginning, a time such as '2026-01-31 08:30', or an offset; an offset wants"
                                    + " --topic and --partition, unless the queue gets from one partition only.")
                    String from,
            @Option(names = "--topic", paramLabel = "TOPIC", description = "Only what came from this topic.") @Nullable
                    String topic,
            @Option(names = "--partition", paramLabel = "N", description = "Only what came from this partition.")
                    @Nullable
                    Integer partition,
            @Mixin BrokerOption broker) {
        ObjectNode wanted = JsonNodeFactory.instance.objectNode();
        wanted.put("from", Times.toPosition(from, ZoneId.systemDefault()));
        if (topic != null) {
            wanted.put("topic", topic);
        }
        if (partition != null) {
            wanted.put("partition", partition);
        }
        JsonNode done = broker.client().send(HttpMethod.POST, path(queue) + "/replay", wanted);
        Table table = new Table("TOPIC", "PARTITION", "FROM", "MESSAGES");
        for (JsonNode source : done.path("sources")) {
            table.add(
                    source.path("topic").asText(),
                    source.path("partition").asInt(),
                    source.path("offset").asLong(),
                    source.path("messages").asLong());
        }
        table.print(System.out);
        Times.offset(from).ifPresent(offset -> Offsets.tellMoved(offset, done.path("sources")));
        return 0;
    }

    private static void tellMore(String queue, long shown, AdminClient client) {
        JsonNode now = client.get(path(queue));
        long all = now.path("ready").asLong()
                + now.path("held").asLong()
                + now.path("delayed").asLong();
        if (all > shown) {
            System.err.println("mainstem: of " + all + " messages; --skip " + shown + " shows the next ones");
        }
    }

    private static void printBindings(JsonNode bindings) {
        System.out.println();
        Table table = new Table("TOPIC", "WANTED");
        for (JsonNode binding : bindings) {
            table.add(binding.path("topic").asText(), wanted(binding));
        }
        table.print(System.out);
    }

    private static String wanted(JsonNode binding) {
        return switch (binding.path("routing").asText()) {
            case "all" -> "everything";
            case "headers" -> binding.path("match").asText() + " of " + headers(binding.path("headers"));
            case "pattern" -> "keys like " + binding.path("key").asText();
            default -> "key " + binding.path("key").asText();
        };
    }

    private static String headers(JsonNode headers) {
        List<String> parts = new ArrayList<>();
        headers.properties()
                .forEach(header -> parts.add(header.getKey()
                        + (header.getValue().isNull()
                                ? ""
                                : "=" + header.getValue().asText())));
        return parts.isEmpty() ? "no headers" : String.join(", ", parts);
    }

    private static String declared(JsonNode queue) {
        return (queue.path("durable").asBoolean() ? "durable" : "transient")
                + (queue.path("exclusive").asBoolean() ? ", exclusive" : "")
                + (queue.path("autoDelete").asBoolean() ? ", auto-delete" : "");
    }

    private static void print(String heading, JsonNode values) {
        values.properties()
                .forEach(value -> System.out.println(
                        heading + value.getKey() + "=" + value.getValue().asText()));
    }

    private static String messages(JsonNode done) {
        long count = done.path("messages").asLong();
        return count + (count == 1 ? " message" : " messages");
    }

    private static String path(String queue) {
        return "/queues/" + AdminClient.encode(queue);
    }
}
