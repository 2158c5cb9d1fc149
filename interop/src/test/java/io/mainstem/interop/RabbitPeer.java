package io.mainstem.interop;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
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

    private RabbitPeer(Scene scene) throws IOException {
        this.directory = Files.createDirectories(scene.directory().resolve("rabbitmq"));
        Map<String, String> environment = environment();
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

    /** Starts it, and waits until it serves; ends with the scene. */
    static RabbitPeer start(Scene scene) throws IOException {
        RabbitPeer peer = new RabbitPeer(scene);
        await("RabbitMQ, see " + peer.directory)
                .atMost(START_DEADLINE)
                .failFast("it has ended", () -> !peer.process.isAlive())
                // written when the listeners are there
                .until(() -> Files.exists(peer.directory.resolve("pid")) && Rabbit.accepts(peer.host(), peer.port()));
        return peer;
    }

    String host() {
        return "127.0.0.1";
    }

    int port() {
        return port;
    }

    private Map<String, String> environment() throws IOException {
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
        environment.put(
                "RABBITMQ_CONFIG_FILE",
                write(
                        "rabbitmq.conf",
                        "listeners.tcp.1 = 127.0.0.1:" + port,
                        "disk_free_limit.absolute = 50MB",
                        "vm_memory_high_watermark.absolute = 1GB"));
        environment.put(
                "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS",
                // two schedulers are enough, and it shares the machine
                "-kernel inet_dist_use_interface {127,0,0,1} +S 2:2");
        return environment;
    }

    private String write(String name, String... lines) throws IOException {
        return Files.write(directory.resolve(name), List.of(lines)).toString();
    }
}
