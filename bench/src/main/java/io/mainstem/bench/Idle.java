package io.mainstem.bench;

import io.mainstem.bench.load.IdleConnections;
import io.mainstem.bench.peer.Protocol;
import io.mainstem.bench.peer.RunningServer;
import io.mainstem.bench.peer.ServerProcess;
import io.mainstem.bench.result.Metric;
import io.mainstem.bench.result.Sample;

/** What connections cost that do next to nothing. */
final class Idle {

    private static final int CONNECTIONS = 1_000;
    private static final int MILLIS = 10_000;
    private static final double KILOBYTES_A_MEGABYTE = 1_024;
    private static final double MILLIS_A_MINUTE = 60_000;

    private Idle() {}

    static Workload workload(Protocol protocol) {
        return new Workload(
                "idle-1000-" + protocol.name().toLowerCase(java.util.Locale.ROOT),
                "1,000 connections that do nothing for 10 seconds",
                Workload.Repetition.ONCE,
                (server, round) -> run(server, protocol));
    }

    private static Sample run(RunningServer server, Protocol protocol) {
        ServerProcess process = server.process();
        double megabytesBefore = process.residentMegabytes();
        try (IdleConnections connections = new IdleConnections(server.address(protocol), protocol)) {
            connections.open(CONNECTIONS);
            double cpuSecondsBefore = process.cpuSeconds();
            Thread.sleep(MILLIS);
            double cpuSeconds = process.cpuSeconds() - cpuSecondsBefore;
            double megabytes = process.residentMegabytes() - megabytesBefore;
            return Sample.none()
                    .with(Metric.KILOBYTES_PER_CONNECTION, megabytes * KILOBYTES_A_MEGABYTE / CONNECTIONS)
                    .with(Metric.CPU_SECONDS_PER_MINUTE, cpuSeconds * MILLIS_A_MINUTE / MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
