package io.mainstem.interop;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A real RabbitMQ, as Debian has it: one node without plugins, with a port mapper of its own. */
final class RabbitPeer {

    private static final Duration START_DEADLINE = Duration.ofMinutes(1);
    private static final Path PROGRAMS = Path.of("/usr/lib/rabbitmq/bin");

    private final Path directory;
    private final int port = FreePorts.next();
    private final ForeignProgram process;

    private RabbitPeer(Scene scene, List<String> settings) throws IOException {
        this.directory = Files.createDirectories(scene.directory().resolve("rabbitmq"));
        Map<String, String> environment = environment(settings);
        // One that is there already, which ends with the scene; otherwise the node leaves one behind.
        scene.program("epmd", "epmd", "-address", "127.0.0.1", "-port", environment.get("ERL_EPMD_PORT"))
                .environment(environment)
                .start()
                .eachLine(line -> {});
        this.process = scene.program(
                        "rabbitmq", PROGRAMS.resolve("rabbitmq-server").toString())
                .environment(environment)
                .start();
        process.eachLine(line -> {});
    }

    /**
     * Starts it, and waits until it serves; ends with the scene.
     *
     * @param settings lines of its configuration, beside those that it needs to be alone
     */
    static RabbitPeer start(Scene scene, String... settings) throws IOException {
        RabbitPeer peer = new RabbitPeer(scene, List.of(settings));
        await("RabbitMQ, see " + peer.directory)
                .atMost(START_DEADLINE)
                .failFast("it has ended", () -> !peer.process.isAlive())
                // written when the listeners are there
                .until(() -> Files.exists(peer.directory.resolve("pid")) && Rabbit.accepts(peer.host(), peer.port()));
        return peer;
    }

    /** In an orderly way, as by its users. */
    void stop(Duration deadline) {
        process.terminate(deadline);
    }

    String host() {
        return "127.0.0.1";
    }

    int port() {
        return port;
    }

    private Map<String, String> environment(List<String> settings) throws IOException {
        Map<String, String> environment = new HashMap<>();
        environment.put("HOME", directory.toString());
        environment.put("LC_ALL", "C.UTF-8");
        environment.put("ERL_EPMD_ADDRESS", "127.0.0.1");
        environment.put("ERL_EPMD_PORT", Integer.toString(FreePorts.next()));
        environment.put("RABBITMQ_NODENAME", "scene@localhost");
        environment.put("RABBITMQ_DIST_PORT", Integer.toString(FreePorts.next()));
        environment.put("RABBITMQ_MNESIA_BASE", directory.resolve("data").toString());
        environment.put("RABBITMQ_LOG_BASE", directory.resolve("log").toString());
        environment.put("RABBITMQ_PID_FILE", directory.resolve("pid").toString());
        environment.put(
                "RABBITMQ_CONF_ENV_FILE", directory.resolve("no-environment").toString());
        environment.put("RABBITMQ_ENABLED_PLUGINS_FILE", write("plugins", "[]."));
        List<String> configuration = new ArrayList<>(settings);
        configuration.add("listeners.tcp.1 = 127.0.0.1:" + port);
        configuration.add("load_definitions = " + write("definitions.json", definitions()));
        environment.put("RABBITMQ_CONFIG_FILE", write("rabbitmq.conf", configuration.toArray(String[]::new)));
        environment.put(
                "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS",
                // two schedulers are enough, and it shares the machine
                "-kernel inet_dist_use_interface {127,0,0,1} +S 2:2"
                        // looks every second, instead of every minute, who has not acknowledged for too long
                        + " -rabbit channel_tick_interval 1000");
        return environment;
    }

    /** The usual user and virtual host, and another virtual host. */
    private static String definitions() {
        return """
                {
                  "users": [{"name": "guest", "password": "guest", "tags": "administrator"}],
                  "vhosts": [{"name": "/"}, {"name": "%1$s"}],
                  "permissions": [
                    {"user": "guest", "vhost": "/", "configure": ".*", "write": ".*", "read": ".*"},
                    {"user": "guest", "vhost": "%1$s", "configure": ".*", "write": ".*", "read": ".*"}
                  ]
                }
                """.formatted(AmqpStage.OTHER_VIRTUAL_HOST);
    }

    private String write(String name, String... lines) throws IOException {
        return Files.write(directory.resolve(name), List.of(lines)).toString();
    }
}
