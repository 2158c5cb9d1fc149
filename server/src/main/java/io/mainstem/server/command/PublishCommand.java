package io.mainstem.server.command;

import com.fasterxml.jackson.databind.JsonNode;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code mainstem publish}: each line becomes a record. */
@Command(
        name = "publish",
        description = {
            "Publish each line of a file, or of the standard input, as a record.",
            "It ends in success when all of them are stored; otherwise it says how many are."
        },
        footer = {
            "",
            "Examples:",
            "  mainstem publish orders orders.txt",
            "  echo 'order.eu:first' | mainstem publish orders --key-separator :"
        },
        mixinStandardHelpOptions = true,
        sortOptions = false)
public final class PublishCommand implements Callable<Integer> {

    private static final int BATCH_BYTES = 1 << 20;
    private static final int MAX_LINE_BYTES = 8 << 20;

    @Parameters(index = "0", paramLabel = "TOPIC", description = "The topic; it must be there.")
    private String topic = "";

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "FILE",
            description = "What to publish. Default: the standard input")
    private @Nullable Path file;

    @Option(
            names = "--key-separator",
            paramLabel = "TEXT",
            description = "What ends the key in each line; the value follows. \\t is a tab. Without it, records have no"
                    + " key.")
    private @Nullable String keySeparator;

    @Mixin
    private BrokerOption broker = new BrokerOption();

    /** Made by the command line. */
    PublishCommand() {}

    @Override
    public Integer call() {
        String path = "/topics/" + AdminClient.encode(topic);
        AdminClient client = broker.client();
        client.get(path); // a wrong topic is told before anything is read
        String query = Optional.ofNullable(keySeparator)
                .map(separator -> "?key-separator=" + AdminClient.encode(separator.replace("\\t", "\t")))
                .orElse("");
        Progress progress = Progress.ofRecords();
        try (InputStream in = open()) {
            LineBatches batches = new LineBatches(in, BATCH_BYTES, MAX_LINE_BYTES);
            batches.start();
            publish(batches, batch -> client.post(path + "/records" + query, batch), progress);
        } catch (IOException e) {
            throw new CommandException(
                    "cannot read " + (file == null ? "the standard input" : file) + ": " + e.getMessage(), e);
        } finally {
            progress.close();
        }
        return 0;
    }

    /** Stores a batch of lines. */
    @FunctionalInterface
    private interface Sender {
        JsonNode send(ByteBuf batch);
    }

    private static void publish(LineBatches batches, Sender sender, Progress progress) throws IOException {
        long stored = 0;
        try {
            for (ByteBuf batch = batches.take(); batch != null; batch = batches.take()) {
                stored += sender.send(batch).path("stored").asLong();
                progress.show(stored);
            }
        } catch (LineBatches.LineTooLongException e) {
            throw new CommandException(atLine(stored + 1, e.getMessage(), stored));
        } catch (ProblemException e) {
            throw refused(e, stored);
        } catch (CommandException e) {
            throw new CommandException(e.getMessage() + ". " + atLeast(stored), e);
        }
    }

    private static CommandException refused(ProblemException problem, long before) {
        long stored = before + problem.stored();
        if (problem.line() > 0) {
            return new CommandException(atLine(before + problem.line(), problem.getMessage(), stored));
        }
        return new CommandException(
                problem.getMessage() + ". " + (problem.hasStored() ? atLeast(stored) : exactly(stored)));
    }

    private static String atLine(long line, @Nullable String what, long stored) {
        return "line " + line + ": " + what + ". " + exactly(stored);
    }

    private static String exactly(long stored) {
        return switch ((int) Math.min(stored, 2)) {
            case 0 -> "No line is stored";
            case 1 -> "The first line is stored, the rest is not";
            default -> "The first " + stored + " lines are stored, the rest is not";
        };
    }

    /** Lines are under way together: what comes after one that failed may have been stored all the same. */
    private static String atLeast(long stored) {
        return switch ((int) Math.min(stored, 2)) {
            case 0 -> "No line is known to be stored, but some may be";
            case 1 -> "The first line is stored, and some of the rest may be";
            default -> "The first " + stored + " lines are stored, and some of the rest may be";
        };
    }

    private InputStream open() throws IOException {
        if (file == null) {
            return System.in;
        }
        try {
            return Files.newInputStream(file);
        } catch (NoSuchFileException e) {
            throw new CommandException("there is no file " + file, e);
        }
    }
}
