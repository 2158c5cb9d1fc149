package io.mainstem.server;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;

/** A properties file with the options of {@code mainstem start} by their names. */
final class ConfigurationFile {

    private static final Set<String> NAMES = new TreeSet<>(Set.of(
            "data",
            "kafka",
            "amqp",
            "amqp-virtual-hosts",
            "durability",
            "open-files",
            "housekeeping-millis",
            "ready-file",
            "insecure"));

    private ConfigurationFile() {}

    /** @throws StartException when the file cannot be read, or says something that is not known */
    static ServerConfiguration read(Path file) {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            properties.load(reader);
        } catch (IOException | IllegalArgumentException e) {
            throw new StartException("cannot read the configuration file " + file + ": " + e.getMessage(), e);
        }
        for (String name : properties.stringPropertyNames()) {
            if (!NAMES.contains(name)) {
                throw new StartException(file + ": unknown option '" + name + "'; known are " + NAMES);
            }
        }
        ServerConfiguration defaults = ServerConfiguration.DEFAULTS;
        Optional<String> data = value(properties, "data");
        Optional<String> kafka = value(properties, "kafka");
        Optional<String> amqp = value(properties, "amqp");
        return new ServerConfiguration(
                data.map(Path::of).or(defaults::dataDirectory),
                kafka.isPresent() ? ListenAddress.parse(kafka.get()) : defaults.kafka(),
                amqp.isPresent() ? ListenAddress.parse(amqp.get()) : defaults.amqp(),
                value(properties, "amqp-virtual-hosts")
                        .map(names -> Set.copyOf(List.of(names.split("\\s*,\\s*"))))
                        .orElse(defaults.amqpVirtualHosts()),
                value(properties, "durability")
                        .map(StartCommand::parseDurability)
                        .orElse(defaults.durability()),
                value(properties, "open-files")
                        .map(text -> (int) parseNumber(file, "open-files", text, Integer.MAX_VALUE))
                        .orElse(defaults.openFiles()),
                value(properties, "housekeeping-millis")
                        .map(text -> parseNumber(file, "housekeeping-millis", text, Long.MAX_VALUE))
                        .orElse(defaults.housekeepingMillis()),
                value(properties, "ready-file").map(Path::of),
                value(properties, "insecure").map(text -> parseFlag(file, text)).orElse(false));
    }

    private static Optional<String> value(Properties properties, String name) {
        return Optional.ofNullable(properties.getProperty(name)).map(String::strip);
    }

    private static long parseNumber(Path file, String name, String text, long max) {
        try {
            long number = Long.parseLong(text);
            if (number >= 0 && number <= max) {
                return number;
            }
        } catch (NumberFormatException e) {
            // told below
        }
        throw new StartException(file + ": " + name + " is a number, not '" + text + "'");
    }

    private static boolean parseFlag(Path file, String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new StartException(file + ": insecure is true or false, not '" + text + "'");
        };
    }
}
