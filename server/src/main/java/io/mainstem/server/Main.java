package io.mainstem.server;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line. */
@Command(
        name = "mainstem",
        description = "An event broker on one immutable log, for the clients that people already have.",
        mixinStandardHelpOptions = true,
        version = "mainstem 0.1.0",
        subcommands = StartCommand.class)
final class Main {

    private static final int FAILED = 1;

    private Main() {}

    /** Runs a command and ends the process: 0 done, 1 failed, 2 not understood. */
    public static void main(String[] arguments) {
        CommandLine commandLine = new CommandLine(new Main());
        commandLine.setExecutionExceptionHandler((failure, command, parsed) -> {
            if (failure instanceof StartException) {
                System.err.println("mainstem: " + failure.getMessage());
            } else {
                System.err.println("mainstem: this is a defect, please report it");
                failure.printStackTrace();
            }
            return FAILED;
        });
        if (arguments.length == 0) {
            commandLine.usage(System.err);
            System.exit(2);
        }
        System.exit(commandLine.execute(arguments));
    }
}
