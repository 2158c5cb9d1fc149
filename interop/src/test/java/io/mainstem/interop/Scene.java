package io.mainstem.interop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Where one test takes place: a directory, a seed, and all that was started, which is ended with the test. A failure
 * tells the seed and where the logs are; {@code -Dmainstem.seed=N} takes the same seed again.
 */
final class Scene implements BeforeEachCallback, AfterEachCallback {

    private final long seed = Long.getLong("mainstem.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final Deque<AutoCloseable> started = new ArrayDeque<>();
    private final List<Path> logs = new ArrayList<>();
    private Path directory = Path.of(".");

    @Override
    public void beforeEach(ExtensionContext context) throws IOException {
        directory = interop()
                .resolve("target/scenes")
                .resolve(context.getRequiredTestClass().getSimpleName() + "-"
                        + context.getRequiredTestMethod().getName());
        delete(directory);
        Files.createDirectories(directory);
    }

    @Override
    public void afterEach(ExtensionContext context) throws Exception {
        while (!started.isEmpty()) {
            started.pop().close();
        }
        if (context.getExecutionException().isPresent()) {
            System.err.println(context.getDisplayName() + " failed with seed " + seed + "; logs: " + logs);
        } else {
            delete(directory.resolve("data"));
        }
    }

    Random random() {
        return random;
    }

    /** So many different numbers between a twentieth and nine tenths of all, in order. */
    List<Integer> moments(int count, int all) {
        return random.ints(all / 20, all / 10 * 9)
                .distinct()
                .limit(count)
                .sorted()
                .boxed()
                .toList();
    }

    Path directory() {
        return directory;
    }

    /** @param options of the command line, beside the addresses and the data directory */
    BrokerProcess startBroker(String... options) {
        return started(BrokerProcess.start(directory, options));
    }

    BrokerProcess startBrokerOnSmallDisk(int mebibytes) {
        return started(BrokerProcess.startOnSmallDisk(directory, mebibytes));
    }

    private BrokerProcess started(BrokerProcess broker) {
        closing(broker);
        logs.add(broker.log());
        return broker;
    }

    /** Runs another program, with a log of its own beside the broker's. */
    ForeignProgram.Builder program(String name, String... command) {
        Path log = directory.resolve(name + ".log");
        logs.add(log);
        return new ForeignProgram.Builder(this, name, log, List.of(command));
    }

    /** Ends this, too, when the test ends; the last comes first. */
    <T extends AutoCloseable> T closing(T what) {
        started.push(what);
        return what;
    }

    /** The folder of this module. */
    static Path interop() {
        return Path.of(System.getProperty("mainstem.interop"));
    }

    static void delete(Path tree) {
        if (!Files.exists(tree)) {
            return;
        }
        try (Stream<Path> paths = Files.walk(tree)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
