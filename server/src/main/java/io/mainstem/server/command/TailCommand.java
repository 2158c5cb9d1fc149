package io.mainstem.server.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.ZoneId;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code mainstem tail}: shows the records of a topic, and those that come. */
@Command(
        name = "tail",
        description = {
            "Show the records of a topic as they come, until Ctrl-C.",
            "A record is shown as a line: its key, a tab, and its value; or the value alone if it has no key."
        },
        footer = {
            "",
            "Examples:",
            "  mainstem tail orders",
            "  mainstem tail orders --from beginning --no-follow --json",
            "  mainstem tail orders --from '2026-01-31 08:30' --limit 10"
        },
        mixinStandardHelpOptions = true,
        sortOptions = false)
public final class TailCommand implements Callable<Integer> {

    @Parameters(paramLabel = "TOPIC", description = "The topic.")
    private String topic = "";

    @Option(
            names = "--from",
            paramLabel = "POSITION",
            description = "Where to begin: beginning, end, an offset, or a time such as 2026-01-31, '2026-01-31 08:30'"
                    + " or 2026-01-31T08:30:00Z; a time without zone is one of this machine. Default: end")
    private String from = "end";

    @Option(names = "--partition", paramLabel = "N", description = "Only this partition. Default: all of them")
    private @Nullable Integer partition;

    @Option(names = "--limit", paramLabel = "N", description = "End after so many records.")
    private @Nullable Long limit;

    @Option(names = "--no-follow", description = "End at the records that are there now.")
    private boolean noFollow;

    @Option(
            names = "--json",
            description = "Show each record as a JSON object with partition, offset, timestamp, key, value and headers;"
                    + " bytes that are not UTF-8 are {\"base64\": \"...\"}.")
    private boolean json;

    @Mixin
    private BrokerOption broker = new BrokerOption();

    /** Made by the command line. */
    TailCommand() {}

    @Override
    public Integer call() {
        String query = "?from=" + AdminClient.encode(Times.toPosition(from, ZoneId.systemDefault()))
                + "&follow=" + !noFollow
                + Optional.ofNullable(partition)
                        .map(number -> "&partition=" + number)
                        .orElse("")
                + Optional.ofNullable(limit).map(number -> "&limit=" + number).orElse("");
        Times.offset(from).ifPresent(this::tellEndsBefore);
        RecordLines shown = json ? RecordLines.json() : RecordLines.of(RecordLines::writeKeyAndValue);
        shown.show(broker.client(), "/topics/" + AdminClient.encode(topic) + "/records" + query);
        return 0;
    }

    /** Silence would leave open whether there is nothing or nothing yet. */
    private void tellEndsBefore(long offset) {
        JsonNode logs =
                broker.client().get("/topics/" + AdminClient.encode(topic)).path("logs");
        boolean hinted = false;
        for (JsonNode log : logs) {
            int number = log.path("partition").asInt();
            long end = log.path("endOffset").asLong();
            if (offset > end && (partition == null || partition == number)) {
                System.err.println("mainstem: partition " + number + " ends at offset " + end + ", before " + offset
                        + (hinted ? "" : Times.hint(offset)));
                hinted = true;
            }
        }
    }
}
