package io.mainstem.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.mainstem.engine.Bounds;
import io.mainstem.engine.Engine;
import io.mainstem.engine.LogId;
import io.mainstem.engine.LogSpec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.tools.DumpLogSegments;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The index files of segments that are no longer written: what others make of them, and what happens without. */
class SegmentIndexTest {

    private static final LogId LOG = new LogId("events", 0, 0);
    private static final LocalOptions OPTIONS =
            LocalOptions.defaults().withSegmentBytes(40_000).withDurability(Durability.OS);
    private static final int RECORDS = 1_000;

    @TempDir
    Path data;

    private final Random random = new Random(1);

    /** What may befall an index file. */
    enum Harm {
        MISSING {
            @Override
            void befall(Path file) throws IOException {
                Files.delete(file);
            }
        },
        EMPTY {
            @Override
            void befall(Path file) throws IOException {
                Files.write(file, new byte[0]);
            }
        },
        CUT {
            @Override
            void befall(Path file) throws IOException {
                byte[] bytes = Files.readAllBytes(file);
                Files.write(file, Arrays.copyOf(bytes, bytes.length / 2 + 3));
            }
        },
        ZEROS {
            @Override
            void befall(Path file) throws IOException {
                byte[] bytes = Files.readAllBytes(file);
                Arrays.fill(bytes, bytes.length / 2, bytes.length, (byte) 0);
                Files.write(file, bytes);
            }
        },
        ROTTEN {
            @Override
            void befall(Path file) throws IOException {
                byte[] bytes = Files.readAllBytes(file);
                for (int i = 3; i < bytes.length; i += 24) {
                    bytes[i] ^= 1;
                }
                Files.write(file, bytes);
            }
        };

        abstract void befall(Path file) throws IOException;
    }

    @BeforeEach
    void fill() {
        try (Engine engine = LocalEngine.open(data, OPTIONS)) {
            EngineContract.await(engine.open(new LogSpec(LOG, false)));
            for (int i = 0; i < RECORDS; i++) {
                EngineContract.await(engine.append(LOG, Batches.at(10L * i, "x".repeat(random.nextInt(300)) + i)));
            }
        }
    }

    @Test
    void kafkasOwnToolFindsNothingWrong() throws IOException {
        String dumped = dump(Layout.SEGMENT) + dump(Layout.INDEX) + dump(Layout.TIME_INDEX);
        assertThat(dumped.lines().filter(line -> line.startsWith("offset: ")))
                .as("entries of offset indexes")
                .hasSizeGreaterThan(20);
        assertThat(dumped.lines().filter(line -> line.startsWith("timestamp: ")))
                .as("entries of time indexes")
                .hasSizeGreaterThan(20);
        assertThat(dumped.lines().filter(line -> !line.matches("(offset|timestamp|baseOffset|Dumping|Log starting).*")))
                .isEmpty();
    }

    @Test
    void kafkasOwnToolWouldFindAWrongEntry() throws IOException {
        for (Path file : files(Layout.INDEX)) {
            Harm.ROTTEN.befall(file);
        }
        assertThat(dump(Layout.INDEX)).contains("Mismatches in");
    }

    @ParameterizedTest
    @EnumSource(Harm.class)
    void whatAnIndexLacksIsFoundInTheSegment(Harm harm) throws IOException {
        for (Path file : files(Layout.INDEX)) {
            harm.befall(file);
        }
        readEverything();
    }

    @ParameterizedTest
    @EnumSource(
            value = Harm.class,
            names = {"MISSING", "EMPTY", "CUT", "ZEROS"})
    void whatATimeIndexLacksIsFoundInTheSegment(Harm harm) throws IOException {
        for (Path file : files(Layout.TIME_INDEX)) {
            harm.befall(file);
        }
        readEverything();
    }

    @ParameterizedTest
    @EnumSource(
            value = Harm.class,
            names = {"MISSING", "EMPTY", "CUT", "ZEROS"})
    void aStartAfterACrashMakesNewIndexes(Harm harm) throws IOException {
        for (Path file : files(Layout.INDEX)) {
            harm.befall(file);
        }
        Files.delete(data.resolve(Layout.CLEAN_MARKER));
        readEverything();
        assertThat(dump(Layout.INDEX)).doesNotContain("Mismatches in");
    }

    private void readEverything() {
        try (Engine engine = LocalEngine.open(data, OPTIONS)) {
            assertThat(EngineContract.await(engine.open(new LogSpec(LOG, false))))
                    .isEqualTo(new Bounds(0, RECORDS));
            for (int offset = 0; offset < RECORDS; offset++) {
                assertThat(Batches.records(EngineContract.await(engine.read(LOG, offset, 1))))
                        .singleElement()
                        .asString()
                        .startsWith(offset + ":")
                        .endsWith(Integer.toString(offset));
            }
            for (int i = 0; i < RECORDS; i += 7) {
                long offset = i;
                assertThat(engine.local().orElseThrow().firstAtOrAfter(LOG, 10L * i))
                        .hasValueSatisfying(found -> assertThat(found.offset()).isEqualTo(offset));
            }
        }
    }

    private List<Path> files(String suffix) throws IOException {
        try (Stream<Path> files = Files.list(data.resolve(Layout.logDirectory(DirectoryName.of(LOG))))) {
            return files.filter(file -> file.toString().endsWith(suffix))
                    .sorted()
                    .toList();
        }
    }

    private String dump(String suffix) throws IOException {
        String files = files(suffix).stream().map(Path::toString).collect(Collectors.joining(","));
        PrintStream console = System.out;
        PrintStream errors = System.err;
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        PrintStream both = new PrintStream(output, true, StandardCharsets.UTF_8);
        System.setOut(both);
        System.setErr(both);
        try {
            DumpLogSegments.main(new String[] {"--files", files});
        } finally {
            System.setOut(console);
            System.setErr(errors);
        }
        return output.toString(StandardCharsets.UTF_8);
    }
}
