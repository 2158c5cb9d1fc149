package io.mainstem.server;

import io.mainstem.log.Durability;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a server is to be.
 *
 * @param dataDirectory empty for a server in memory
 * @param kafka where Kafka clients are served; empty where they are not
 * @param amqp where AMQP clients are served; empty where they are not
 * @param readyFile written once every listener accepts
 * @param insecure allows addresses that other machines reach, though there is no authentication
 */
record ServerConfiguration(
        Optional<Path> dataDirectory,
        Optional<ListenAddress> kafka,
        Optional<ListenAddress> amqp,
        Durability durability,
        Optional<Path> readyFile,
        boolean insecure) {

    static final ServerConfiguration DEFAULTS = new ServerConfiguration(
            Optional.of(Path.of("data")),
            Optional.of(new ListenAddress("127.0.0.1", 9092)),
            Optional.of(new ListenAddress("127.0.0.1", 5672)),
            Durability.FSYNC,
            Optional.empty(),
            false);

    /** @throws StartException when an address is not allowed or not known */
    ServerConfiguration checked() {
        if (!insecure) {
            kafka.ifPresent(ListenAddress::checkLoopback);
            amqp.ifPresent(ListenAddress::checkLoopback);
        }
        return this;
    }
}
