package io.mainstem.bench;

import io.mainstem.bench.peer.ProcessTimes;
import io.mainstem.bench.peer.RunningServer;
import io.mainstem.bench.result.Metric;
import io.mainstem.bench.result.Sample;

/** What a run costs the server, and the programs that load it. */
final class ServerFigures {

    private static final double MILLION = 1e6;

    private final RunningServer server;
    private final double cpuSecondsBefore;
    private final double clientCpuSecondsBefore;
    private final double writtenBytesBefore;

    private ServerFigures(RunningServer server) {
        this.server = server;
        this.cpuSecondsBefore = server.process().cpuSeconds();
        this.clientCpuSecondsBefore = ProcessTimes.ofEndedChildren();
        this.writtenBytesBefore = server.process().writtenBytes();
    }

    /** From now on. */
    static ServerFigures begin(RunningServer server) {
        return new ServerFigures(server);
    }

    /** Adds them to those of the client. */
    Sample end(Sample sample, double messages) {
        double cpuSeconds = server.process().cpuSeconds() - cpuSecondsBefore;
        double clientCpuSeconds = ProcessTimes.ofEndedChildren() - clientCpuSecondsBefore;
        return sample.with(Metric.SERVER_CPU_SECONDS_PER_MILLION, cpuSeconds / messages * MILLION)
                .with(Metric.CLIENT_CPU_SECONDS_PER_MILLION, clientCpuSeconds / messages * MILLION)
                .with(Metric.RESIDENT_MEGABYTES, server.process().residentMegabytes());
    }

    /** And what was written to disks, which a peer that does not wait for them writes later. */
    Sample endWritten(Sample sample, double messages, double publishedBytes) {
        double written = server.process().writtenBytes() - writtenBytesBefore;
        return end(sample, messages).with(Metric.WRITTEN_PER_PUBLISHED, written / publishedBytes);
    }
}
