package io.mainstem.server;

import io.mainstem.server.command.CommandException;
import io.mainstem.server.command.CommandHelp;
import io.mainstem.server.command.GroupsCommand;
import io.mainstem.server.command.PublishCommand;
import io.mainstem.server.command.QueuesCommand;
import io.mainstem.server.command.TailCommand;
import io.mainstem.server.command.TopicsCommand;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command line. */
@Command(
        name = "mainstem",
        description = "An event broker on one immutable log, for the clients that people already have.",
        footer = {"", "mainstem COMMAND --help says more about a command."},
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        version = "mainstem 0.1.0",
        subcommands = {
            StartCommand.class,
            TopicsCommand.class,
            PublishCommand.class,
            TailCommand.class,
            GroupsCommand.class,
            QueuesCommand.class
        })
final class Main {

    private static final int FAILED = 1;
    private static final int NOT_UNDERSTOOD = 2;

    private Main() {}

    /** Runs a command and ends the process: 0 done, 1 failed, 2 not understood. */
    public static void main(String[] arguments) {
        CommandLine commandLine = new CommandLine(new Main());
        CommandHelp.install(commandLine);
        commandLine.setParameterExceptionHandler((refused, given) -> explain(refused));
        commandLine.setExecutionExceptionHandler((failure, command, parsed) -> {
            if (failure instanceof StartException || failure instanceof CommandException) {
                System.err.println("mainstem: " + failure.getMessage());
            } else {
                System.err.println("mainstem: this is a defect, please report it");
                failure.printStackTrace();
            }
            return FAILED;
        });
        if (arguments.length == 0) {
            commandLine.usage(System.err);
            System.exit(NOT_UNDERSTOOD);
        }
        System.exit(commandLine.execute(arguments));
    }

    /** Where the library says a word twice, or calls NAME=VALUE by another name. */
    private static String wellPut(String message) {
        return message.replace("option option", "option").replace("in KEY=VALUE format", "NAME=VALUE");
    }

    private static int explain(ParameterException refused) {
        CommandLine command = refused.getCommandLine();
        PrintWriter err = command.getErr();
        err.println("mainstem: " + wellPut(String.valueOf(refused.getMessage())));
        UnmatchedArgumentException.printSuggestions(refused, err);
        err.println("See " + command.getCommandSpec().qualifiedName() + " --help");
        return NOT_UNDERSTOOD;
    }
}
