package io.mainstem.server.command;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.UsageMessageSpec;

/** The list of commands in the help, by what people do with them. */
public final class CommandHelp {

    private record Group(String title, List<String> commands) {}

    private static final List<Group> GROUPS = List.of(
            new Group("Run a broker", List.of("start")),
            new Group("Work with a running broker", List.of("topics", "publish", "tail", "groups", "queues")));

    private CommandHelp() {}

    /** Shows the commands of this command line in groups. */
    public static void install(CommandLine commandLine) {
        commandLine.getHelpSectionMap().remove(UsageMessageSpec.SECTION_KEY_COMMAND_LIST_HEADING);
        commandLine.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_COMMAND_LIST, CommandHelp::render);
    }

    private static String render(Help help) {
        Map<String, Help> commands = help.subcommands();
        StringBuilder text = new StringBuilder();
        for (Group group : GROUPS) {
            text.append(String.format("%n%s:%n", group.title));
            for (String name : group.commands) {
                String description = Optional.ofNullable(commands.get(name))
                        .map(command -> command.commandSpec().usageMessage().description()[0])
                        .orElseThrow();
                text.append(String.format("  %-9s %s%n", name, description));
            }
        }
        return text.toString();
    }
}
