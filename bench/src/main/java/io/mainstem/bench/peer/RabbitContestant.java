package io.mainstem.bench.peer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** RabbitMQ as Debian has it, without plugins, which serves classic and quorum queues alike. */
public final class RabbitContestant implements Contestant {

    private static final Path PROGRAMS = Path.of("/usr/lib/rabbitmq/bin");
    private static final Duration START_DEADLINE = Duration.ofMinutes(1);

    @Override
    public String name() {
        return "RabbitMQ";
    }

    @Override
    public String description() {
        return "RabbitMQ as Debian has it, one node, no plugins, defaults";
    }

    /** Whether it is installed. */
    public static boolean isThere() {
        return Files.isExecutable(PROGRAMS.resolve("rabbitmq-server"));
    }

    @Override
    public RunningServer start(Path directory) {
        int port = Ports.free();
        Path log = directory.resolve("server.log");
        Path pid = directory.resolve("pid");
        Map<String, String> environment = environment(directory, port);
        // its port mapper is there already: one that it starts itself would stay behind
        Process portMapper = ServerProcess.start(
                List.of("epmd", "-address", "127.0.0.1", "-port", environment.getOrDefault("ERL_EPMD_PORT", "")),
                environment,
                directory.resolve("epmd.log"));
        long launchedNanos = System.nanoTime();
        Process process =
                ServerProcess.start(List.of(PROGRAMS.resolve("rabbitmq-server").toString()), environment, log);
        Ports.await("RabbitMQ (" + log + ")", process, START_DEADLINE, () -> Files.exists(pid) && Ports.accepts(port));
        return new RunningServer(
                this,
                Map.of(Protocol.AMQP, "127.0.0.1:" + port),
                new ServerProcess(virtualMachine(pid), portMapper),
                launchedNanos);
    }

    /** The script starts it, and is not what does the work. */
    private static ProcessHandle virtualMachine(Path pid) {
        try {
            return ProcessHandle.of(Long.parseLong(Files.readString(pid).strip()))
                    .orElseThrow(() -> new PeerException("RabbitMQ has ended"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, String> environment(Path directory, int port) {
        Map<String, String> environment = new HashMap<>();
        environment.put("HOME", directory.toString());
        environment.put("LC_ALL", "C.UTF-8");
        environment.put("ERL_EPMD_ADDRESS", "127.0.0.1");
        environment.put("ERL_EPMD_PORT", Integer.toString(Ports.free()));
        environment.put("RABBITMQ_NODENAME", "bench@localhost");
        environment.put("RABBITMQ_DIST_PORT", Integer.toString(Ports.free()));
        environment.put("RABBITMQ_MNESIA_BASE", directory.resolve("data").toString());
        environment.put("RABBITMQ_LOG_BASE", directory.resolve("log").toString());
        environment.put("RABBITMQ_PID_FILE", directory.resolve("pid").toString());
        environment.put(
                "RABBITMQ_CONF_ENV_FILE", directory.resolve("no-environment").toString());
        environment.put("RABBITMQ_ENABLED_PLUGINS_FILE", write(directory.resolve("plugins"), "[]."));
        environment.put(
                "RABBITMQ_CONFIG_FILE",
                write(directory.resolve("rabbitmq.conf"), "listeners.tcp.1 = 127.0.0.1:" + port));
        environment.put("RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS", "-kernel inet_dist_use_interface {127,0,0,1}");
        return environment;
    }

    private static String write(Path file, String line) {
        try {
            return Files.writeString(file, line + "\n").toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
