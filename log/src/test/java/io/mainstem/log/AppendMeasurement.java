package io.mainstem.log;

import io.mainstem.engine.Engine;
import io.mainstem.engine.LogId;
import io.mainstem.engine.LogSpec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;

/**
 * Measures what a commit costs beside a bare file: not a test, for the answer is another one on every machine. Run it
 * with a directory on the disk to be measured.
 */
final class AppendMeasurement {

    private static final int BATCH_BYTES = 16 << 10;
    private static final int WARM_UP_ROUNDS = 300;

    private AppendMeasurement() {}

    public static void main(String[] arguments) throws IOException {
        Path directory = Path.of(arguments[0]);
        int rounds = Integer.parseInt(arguments[1]);
        for (int logs : new int[] {1, 6, 64}) {
            measure(directory, Math.max(300, rounds / logs), logs);
        }
    }

    /** Bare file, synced engine and unsynced engine take turns, so that what else the disk does disturbs all alike. */
    private static void measure(Path directory, int rounds, int logs) throws IOException {
        long[][] nanos = new long[3][rounds];
        Path bare = directory.resolve("bare");
        Path data = directory.resolve("data");
        try (FileChannel file = FileChannel.open(bare, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                Engine synced = LocalEngine.open(data.resolve("fsync"), LocalOptions.defaults());
                Engine unsynced = LocalEngine.open(
                        data.resolve("os"), LocalOptions.defaults().withDurability(Durability.OS))) {
            List<ByteBuffer> batches = new ArrayList<>();
            for (int log = 0; log < logs; log++) {
                EngineContract.await(synced.open(new LogSpec(new LogId("log", log, 0), false)));
                EngineContract.await(unsynced.open(new LogSpec(new LogId("log", log, 0), false)));
                batches.add(Batches.of("x".repeat(BATCH_BYTES - 100)));
            }
            ByteBuffer bytes = ByteBuffer.allocateDirect(logs * BATCH_BYTES);
            for (int round = -WARM_UP_ROUNDS; round < rounds; round++) {
                int slot = Math.max(0, round);
                long start = System.nanoTime();
                file.write(bytes.clear());
                file.force(false);
                nanos[0][slot] = System.nanoTime() - start;
                nanos[1][slot] = append(synced, batches);
                nanos[2][slot] = append(unsynced, batches);
            }
        }
        delete(bare);
        delete(data);
        report("bare file, one write and sync of " + logs + " x 16 KiB", logs, nanos[0]);
        report("engine, fsync, " + logs + " dirty logs", logs, nanos[1]);
        report("engine, os, " + logs + " dirty logs", logs, nanos[2]);
    }

    private static long append(Engine engine, List<ByteBuffer> batches) {
        long start = System.nanoTime();
        List<CompletionStage<Long>> appends = new ArrayList<>();
        for (int log = 0; log < batches.size(); log++) {
            appends.add(engine.append(new LogId("log", log, 0), batches.get(log)));
        }
        appends.forEach(EngineContract::await);
        return System.nanoTime() - start;
    }

    private static void delete(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private static void report(String what, int batches, long[] nanos) {
        long total = Arrays.stream(nanos).sum();
        Arrays.sort(nanos);
        System.out.printf(
                "%-48s %7.1f MB/s   median %.3f ms   99%% %.3f ms   max %.1f ms%n",
                what,
                1e3 * batches * BATCH_BYTES * nanos.length / total,
                nanos[nanos.length / 2] / 1e6,
                nanos[(int) (nanos.length * 0.99)] / 1e6,
                nanos[nanos.length - 1] / 1e6);
    }
}
