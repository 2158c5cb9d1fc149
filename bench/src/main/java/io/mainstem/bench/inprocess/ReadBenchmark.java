package io.mainstem.bench.inprocess;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Reads batches in their order from the page cache, one at a time. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class ReadBenchmark {

    private static final int BATCHES = 4_096;

    @Param
    private StoreKind store;

    private Scratch scratch;
    private Store opened;

    @Setup
    public void fill() {
        scratch = new Scratch();
        opened = store.open(scratch.directory(), 1);
        for (int batch = 0; batch < BATCHES; batch++) {
            opened.append();
        }
    }

    @Benchmark
    public int read() {
        return opened.read();
    }

    @TearDown
    public void close() {
        opened.close();
        scratch.close();
    }
}
