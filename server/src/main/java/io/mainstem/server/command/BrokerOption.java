package io.mainstem.server.command;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Which broker a command is for. */
final class BrokerOption {

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Data directory of the running broker. Default: data, as of mainstem start")
    private Path data = Path.of("data");

    AdminClient client() {
        return new AdminClient(data);
    }
}
