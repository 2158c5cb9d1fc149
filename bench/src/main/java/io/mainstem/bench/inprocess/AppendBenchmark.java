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

/** Appends a batch to each of some logs, and waits for all of them. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.SECONDS)
public class AppendBenchmark {

    @Param
    private StoreKind store;

    @Param({"1", "6", "64"})
    private int logs;

    private Scratch scratch;
    private Store opened;

    @Setup
    public void open() {
        scratch = new Scratch();
        opened = store.open(scratch.directory(), logs);
    }

    @Benchmark
    public void append() {
        opened.append();
    }

    @TearDown
    public void close() {
        opened.close();
        scratch.close();
    }
}
