package io.mainstem.server;

import io.mainstem.log.Durability;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code mainstem start}: runs a server until the process is told to end. */
@Command(
        name = "start",
        description = "Start the broker and serve clients until SIGTERM or Ctrl-C.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class StartCommand implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(StartCommand.class);

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "Properties file with any of these options by their names, such as kafka=127.0.0.1:9092,"
                    + " and with the limits of AMQP that docs/amqp.md names. What the command line says wins.")
    private @Nullable Path config;

    @Option(names = "--data", paramLabel = "DIR", description = "Where the log is kept. Default: data")
    private @Nullable Path data;

    @Option(
            names = "--kafka",
            paramLabel = "HOST:PORT|off",
            description = "Where Kafka clients are served; port 0 takes a free one. Default: 127.0.0.1:9092")
    private @Nullable String kafka;

    @Option(
            names = "--amqp",
            paramLabel = "HOST:PORT|off",
            description = "Where AMQP 0-9-1 (RabbitMQ) clients are served. Default: 127.0.0.1:5672")
    private @Nullable String amqp;

    @Option(
            names = "--amqp-virtual-hosts",
            paramLabel = "NAME,...",
            split = ",",
            description = "Virtual hosts that AMQP clients may open beside /. Default: none")
    private @Nullable Set<String> amqpVirtualHosts;

    @Option(
            names = "--durability",
            paramLabel = "fsync|os",
            description =
                    "fsync acknowledges what is on disk; os what the operating system has taken, which a power cut"
                            + " may lose. Default: fsync")
    private @Nullable String durability;

    @Option(
            names = "--open-files",
            paramLabel = "N",
            description = "Files of the log that are open at a time, 16 at least; stay well below what the operating"
                    + " system allows the process (ulimit -n). Default: 2000")
    private @Nullable Integer openFiles;

    @Option(
            names = "--housekeeping-millis",
            paramLabel = "N",
            description = "How often, in milliseconds, the log is looked through for what its settings no longer keep."
                    + " Default: 30000")
    private @Nullable Long housekeepingMillis;

    @Option(
            names = "--ready-file",
            paramLabel = "FILE",
            description = "Written, as JSON with pid and addresses, once every listener accepts.")
    private @Nullable Path readyFile;

    @Option(
            names = "--insecure",
            description = "Allow addresses that other machines reach, though there is no authentication yet.")
    private boolean insecure;

    @Override
    public void run() {
        ServerConfiguration configuration = configuration();
        MainstemServer server = MainstemServer.start(configuration);
        CountDownLatch ended = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> shutDown(server), "mainstem-shutdown"));
        configuration.readyFile().ifPresent(file -> ReadyFile.write(file, server));
        try {
            ended.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The configuration file over the defaults, and the command line over both. */
    ServerConfiguration configuration() {
        ServerConfiguration base = config == null ? ServerConfiguration.DEFAULTS : ConfigurationFile.read(config);
        return new ServerConfiguration(
                data == null ? base.dataDirectory() : Optional.of(data),
                kafka == null ? base.kafka() : ListenAddress.parse(kafka),
                amqp == null ? base.amqp() : ListenAddress.parse(amqp),
                amqpVirtualHosts == null ? base.amqpVirtualHosts() : amqpVirtualHosts,
                base.amqpSettings(),
                durability == null ? base.durability() : parseDurability(durability),
                openFiles == null ? base.openFiles() : openFiles,
                housekeepingMillis == null ? base.housekeepingMillis() : housekeepingMillis,
                readyFile == null ? base.readyFile() : Optional.of(readyFile),
                insecure || base.insecure());
    }

    static Durability parseDurability(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "fsync" -> Durability.FSYNC;
            case "os" -> Durability.OS;
            default -> throw new StartException("durability is fsync or os, not '" + text + "'");
        };
    }

    /** Runs when the process is told to end. What was accepted is finished, so that the end is a success. */
    private static void shutDown(MainstemServer server) {
        LOG.info("Stopping");
        int status = 0;
        try {
            server.close();
            Preloading.completeArchive();
            LOG.info("Stopped");
        } catch (RuntimeException e) {
            LOG.error("Stopping failed: {}", e.toString());
            status = 1;
        }
        Runtime.getRuntime().halt(status);
    }
}
