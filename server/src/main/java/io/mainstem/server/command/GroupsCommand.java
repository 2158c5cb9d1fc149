package io.mainstem.server.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netty.handler.codec.http.HttpMethod;
import java.time.ZoneId;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code mainstem groups}: looks at consumer groups, and sets where they go on. */
@Command(
        name = "groups",
        description = "List and describe consumer groups, and set where they go on.",
        footer = {
            "",
            "Examples:",
            "  mainstem groups describe billing",
            "  mainstem groups reset billing --topic orders --to beginning --dry-run"
        },
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND")
public final class GroupsCommand {

    /** Made by the command line. */
    GroupsCommand() {}

    @Command(
            name = "list",
            description = "List the consumer groups.",
            mixinStandardHelpOptions = true,
            sortOptions = false)
    int list(@Mixin BrokerOption broker) {
        Table table = new Table("GROUP", "STATE", "TYPE");
        for (JsonNode group : broker.client().get("/groups").path("groups")) {
            table.add(
                    group.path("group").asText(),
                    group.path("state").asText(),
                    group.path("type").asText());
        }
        table.print(System.out);
        return 0;
    }

    @Command(
            name = "describe",
            description = "Show where a group is in each partition, how far it is behind, and its members.",
            mixinStandardHelpOptions = true,
            sortOptions = false)
    int describe(
            @Parameters(paramLabel = "GROUP", description = "Its name.") String group, @Mixin BrokerOption broker) {
        JsonNode description = broker.client().get(path(group));
        System.out.println("group    " + description.path("group").asText());
        System.out.println("state    " + description.path("state").asText());
        System.out.println("members  " + description.path("members").size());
        System.out.println();
        Table table = new Table("TOPIC", "PARTITION", "OFFSET", "END", "LAG", "MEMBER");
        for (JsonNode place : description.path("offsets")) {
            table.add(
                    place.path("topic").asText(),
                    place.path("partition").asInt(),
                    orDash(place.path("offset")),
                    orDash(place.path("endOffset")),
                    orDash(place.path("lag")),
                    orDash(place.path("member")));
        }
        table.print(System.out);
        return 0;
    }

    @Command(
            name = "reset",
            description = "Set where a group without members goes on, in one topic.",
            footer = {
                "",
                "Examples:",
                "  mainstem groups reset billing --topic orders --to beginning --dry-run",
                "  mainstem groups reset billing --topic orders:2 --to 1200",
                "  mainstem groups reset billing --topic orders --to '2026-01-31 08:30'"
            },
            mixinStandardHelpOptions = true,
            sortOptions = false)
    int reset(
            @Parameters(paramLabel = "GROUP", description = "Its name.") String group,
            @Option(
                            names = "--topic",
                            required = true,
                            paramLabel = "TOPIC[:PARTITION]",
                            description = "The topic, and perhaps only one partition of it.")
                    String topic,
            @Option(
                            names = "--to",
                            required = true,
                            paramLabel = "POSITION",
                            description = "beginning, end, an offset, or a time such as '2026-01-31 08:30'.")
                    String to,
            @Option(names = "--dry-run", description = "Only show what would be set.") boolean dryRun,
            @Mixin BrokerOption broker) {
        ObjectNode wanted = JsonNodeFactory.instance.objectNode();
        int colon = topic.lastIndexOf(':');
        if (colon > 0 && topic.substring(colon + 1).matches("\\d{1,9}")) {
            wanted.put("topic", topic.substring(0, colon))
                    .put("partition", Integer.parseInt(topic.substring(colon + 1)));
        } else {
            wanted.put("topic", topic);
        }
        wanted.put("to", Times.toPosition(to, ZoneId.systemDefault()));
        JsonNode done = broker.client().send(HttpMethod.POST, path(group) + "/offsets?dry-run=" + dryRun, wanted);
        if (done.path("new").asBoolean()) {
            System.err.println("mainstem: group '" + group + "' " + (dryRun ? "would be" : "is") + " new");
        }
        Table table = new Table("TOPIC", "PARTITION", "BEFORE", dryRun ? "WOULD BE" : "NOW");
        for (JsonNode place : done.path("offsets")) {
            table.add(
                    place.path("topic").asText(),
                    place.path("partition").asInt(),
                    orDash(place.path("before")),
                    place.path("offset").asLong());
        }
        table.print(System.out);
        Times.offset(to).ifPresent(offset -> Offsets.tellMoved(offset, done.path("offsets")));
        return 0;
    }

    private static String orDash(JsonNode field) {
        return field.isNull() ? "-" : field.asText();
    }

    private static String path(String group) {
        return "/groups/" + AdminClient.encode(group);
    }
}
