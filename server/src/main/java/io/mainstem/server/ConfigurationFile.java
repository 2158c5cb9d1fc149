package io.mainstem.server;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;

/** A properties file with the options of {@code mainstem start} by their names, and with {@link AmqpSetting}s. */
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

    static {
        for (AmqpSetting setting : AmqpSetting.values()) {
            NAMES.add(setting.key());
        }
    }

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
                amqpSettings(file, properties),
                value(properties, "durability")
                        .map(StartCommand::parseDurability)
                        .orElse(defaults.durability()),
                value(properties, "open-files")
                        .map(text -> (int) parseNumber(file, "open-files", text, 0, Integer.MAX_VALUE))
                        .orElse(defaults.openFiles()),
                value(properties, "housekeeping-millis")
                        .map(text -> parseNumber(file, "housekeeping-millis", text, 0, Long.MAX_VALUE))
                        .orElse(defaults.housekeepingMillis()),
                value(properties, "ready-file").map(Path::of),
                value(properties, "insecure").map(text -> parseFlag(file, text)).orElse(false));
    }

    private static Map<AmqpSetting, Long> amqpSettings(Path file, Properties properties) {
        Map<AmqpSetting, Long> settings = new EnumMap<>(AmqpSetting.class);
        for (AmqpSetting setting : AmqpSetting.values()) {
            value(properties, setting.key())
                    .map(text -> parseNumber(file, setting.key(), text, setting.min(), setting.max()))
                    .ifPresent(number -> settings.put(setting, number));
        }
        return settings;
    }

    private static Optional<String> value(Properties properties, String name) {
        return Optional.ofNullable(properties.getProperty(name)).map(String::strip);
    }

    private static long parseNumber(Path file, String name, String text, long min, long max) {
        try {
            long number = Long.parseLong(text);
            if (number >= min && number <= max) {
                return number;
            }
        } catch (NumberFormatException e) {
            // told below
        }
        throw new StartException(
                file + ": " + name + " is a number from " + min + " to " + max + ", not '" + text + "'");
    }

    private static boolean parseFlag(Path file, String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new StartException(file + ": insecure is true or false, not '" + text + "'");
        };
    }
}
