package io.mainstem.server.command;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;

/** What commands say about what they do. */
final class Spoken {

    private Spoken() {}

    /** What a command says on the standard error, or why it has failed. */
    static String by(Path dataDirectory, Object command, String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add("--data");
        all.add(dataDirectory.toString());
        StringBuilder failure = new StringBuilder();
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        PrintStream before = System.err;
        System.setErr(new PrintStream(said, true, StandardCharsets.UTF_8));
        try {
            new CommandLine(command)
                    .setExecutionExceptionHandler((failed, line, parsed) -> {
                        failure.append(failed.getMessage());
                        return 1;
                    })
                    .execute(all.toArray(String[]::new));
        } finally {
            System.setErr(before);
        }
        return said.toString(StandardCharsets.UTF_8) + failure;
    }
}
