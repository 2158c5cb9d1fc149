package io.mainstem.server;

import io.mainstem.server.command.CommandException;
import io.mainstem.server.command.CommandHelp;
import io.mainstem.server.command.GroupsCommand;
import io.mainstem.server.command.PublishCommand;
import io.mainstem.server.command.QueuesCommand;
import io.mainstem.server.command.TailCommand;
import io.mainstem.server.command.TopicsCommand;
import java.io.PrintWriter;
import java.util.Map;
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
        version = "mainstem 0.1.0")
final class Main {

    private static final Map<String, Class<?>> COMMANDS = Map.of(
            "start", StartCommand.class,
            "topics", TopicsCommand.class,
            "publish", PublishCommand.class,
            "tail", TailCommand.class,
            "groups", GroupsCommand.class,
            "queues", QueuesCommand.class);

    private static final int FAILED = 1;
    private static final int NOT_UNDERSTOOD = 2;

    private Main() {}

    /** Runs a command and ends the process: 0 done, 1 failed, 2 not understood. */
    public static void main(String[] arguments) {
        if (arguments.length > 0 && arguments[0].equals("start")) {
            Preloading.begin();
        }
        CommandLine commandLine = commandLine(arguments);
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
        int status = commandLine.execute(arguments);
        Preloading.completeArchive();
        System.exit(status);
    }

    /** Reading what a command understands takes longer than most commands: only the one that is asked for is read. */
    private static CommandLine commandLine(String[] arguments) {
        CommandLine commandLine = new CommandLine(new Main());
        Class<?> wanted = arguments.length == 0 ? null : COMMANDS.get(arguments[0]);
        if (wanted == null) {
            COMMANDS.values().forEach(commandLine::addSubcommand);
        } else {
            commandLine.addSubcommand(wanted);
        }
        return commandLine;
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
