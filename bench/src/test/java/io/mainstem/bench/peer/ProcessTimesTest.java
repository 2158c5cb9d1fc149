package io.mainstem.bench.peer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** What clients cost is told by the operating system when they have ended. */
class ProcessTimesTest {

    @Test
    void theTimeOfAProgramCountsWhenItHasEnded() throws IOException, InterruptedException {
        double before = ProcessTimes.ofEndedChildren();
        Process busy = new ProcessBuilder("sh", "-c", "i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done").start();
        assertThat(busy.waitFor()).isZero();

        assertThat(ProcessTimes.ofEndedChildren()).isGreaterThan(before);
        assertThat(ProcessTimes.of(ProcessHandle.current().pid())).isPositive();
    }
}
