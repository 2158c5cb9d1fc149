package io.mainstem.bench.soak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The disk of the broker under test, with other programs in its place. */
class SmallDiskTest {

    private static final int DEADLINE_SECONDS = 20;
    private static final long MEBIBYTE = 1 << 20;

    @TempDir
    Path directory;

    private static Process run(SmallDisk disk, String script) throws Exception {
        return new ProcessBuilder(
                        disk.seeing(List.of("sh", "-c", script, disk.data().toString())))
                .start();
    }

    @Test
    void whatIsWrittenThereIsCounted() throws Exception {
        try (SmallDisk disk = SmallDisk.in(directory)) {
            Process program = run(disk, "mkdir \"$0\" && head -c 1000000 /dev/zero > \"$0/some\"");
            assertThat(program.waitFor()).isZero();
            assertThat(disk.dataBytes()).isBetween(1_000_000L, 1_100_000L);
        }
    }

    @Test
    void itIsFilledAndEmptied() throws Exception {
        try (SmallDisk disk = SmallDisk.in(directory)) {
            assumeTrue(disk.isSmall(), "a small file system can be mounted");
            disk.fill(30);
            assertThat(disk.freeBytes()).isBetween(29 * MEBIBYTE, 30 * MEBIBYTE);
            disk.fill(0);
            assertThat(run(disk, "echo more > \"$0\"").waitFor()).isNotZero();
            disk.empty();
            assertThat(disk.freeBytes()).isGreaterThan(700 * MEBIBYTE);
            assertThat(run(disk, "echo more > \"$0\"").waitFor()).isZero();
            assertThat(Files.exists(disk.data())).as("outside").isFalse();
        }
    }

    @Test
    void theLastProgramThatIsGuardedEndsWithTheKeeper() throws Exception {
        Process guarded;
        Process other;
        try (SmallDisk disk = SmallDisk.in(directory)) {
            other = run(disk, "exec sleep 60");
            disk.guard(other);
            guarded = run(disk, "exec sleep 60");
            disk.guard(guarded);
        }
        try {
            assertThat(guarded.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)).isTrue();
            assertThat(other.isAlive()).isTrue();
        } finally {
            other.destroyForcibly();
        }
    }
}
