package io.mainstem.server;

import io.mainstem.log.Durability;
import io.mainstem.log.LocalOptions;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a server is to be.
 *
 * @param dataDirectory empty for a server in memory
 * @param kafka where Kafka clients are served; empty where they are not
 * @param amqp where AMQP clients are served; empty where they are not
 * @param amqpVirtualHosts virtual hosts that AMQP clients may open beside {@code /}
 * @param amqpSettings what is not to be as by default for AMQP clients
 * @param openFiles files of the log that are open at a time
 * @param housekeepingMillis how often logs are looked through for what may go
 * @param readyFile written once every listener accepts
 * @param insecure allows addresses that other machines reach, though there is no authentication
 */
record ServerConfiguration(
        Optional<Path> dataDirectory,
        Optional<ListenAddress> kafka,
        Optional<ListenAddress> amqp,
        Set<String> amqpVirtualHosts,
        Map<AmqpSetting, Long> amqpSettings,
        Durability durability,
        int openFiles,
        long housekeepingMillis,
        Optional<Path> readyFile,
        boolean insecure) {

    private static final int MIN_OPEN_FILES = 16;

    static final ServerConfiguration DEFAULTS = new ServerConfiguration(
            Optional.of(Path.of("data")),
            Optional.of(new ListenAddress("127.0.0.1", 9092)),
            Optional.of(new ListenAddress("127.0.0.1", 5672)),
            Set.of(),
            Map.of(),
            Durability.FSYNC,
            LocalOptions.defaults().openFiles(),
            LocalOptions.defaults().housekeepingMillis(),
            Optional.empty(),
            false);

    /** @throws StartException when an address is not allowed or not known, or a number is out of its range */
    ServerConfiguration checked() {
        if (openFiles < MIN_OPEN_FILES) {
            throw new StartException("open-files is at least " + MIN_OPEN_FILES + ", not " + openFiles);
        }
        if (housekeepingMillis < 1) {
            throw new StartException("housekeeping-millis is at least 1, not " + housekeepingMillis);
        }
        if (!insecure) {
            kafka.ifPresent(ListenAddress::checkLoopback);
            amqp.ifPresent(ListenAddress::checkLoopback);
        }
        return this;
    }
}
