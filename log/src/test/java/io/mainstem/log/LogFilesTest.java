package io.mainstem.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.mainstem.log.Layout.Swap;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a start makes of the names that it finds in a log's directory. */
class LogFilesTest {

    private static final String LOG = "events-0.0";

    private final SimulatedDisk disk = new SimulatedDisk(new Random(1));

    @BeforeEach
    void createDirectory() throws IOException {
        disk.createDirectory(Layout.LOGS);
        disk.createDirectory(Layout.logDirectory(LOG));
    }

    @Test
    void theHighestMarkCountsAndTheOthersGo() throws IOException {
        create(0, Layout.SEGMENT);
        create(3, Layout.FIRST);
        create(7, Layout.FIRST);
        assertThat(LogFiles.tidy(disk, LOG).marks()).isEqualTo(new Marks(7, 0, 0));
        assertThat(names()).containsExactly(name(0, Layout.SEGMENT), name(7, Layout.FIRST));
    }

    @Test
    void segmentsBeforeTheMarkStayForTheirProducersAndIndexesWithoutSegmentsGo() throws IOException {
        for (long base : List.of(10L, 20L)) {
            create(base, Layout.SEGMENT);
        }
        for (long base : List.of(0L, 10L, 20L)) {
            create(base, Layout.INDEX);
            create(base, Layout.TIME_INDEX);
        }
        create(25, Layout.FIRST);
        LogFiles files = LogFiles.tidy(disk, LOG);
        assertThat(files.segments()).containsExactly(10L, 20L);
        assertThat(files.indexes()).containsExactly(10L, 20L);
        assertThat(files.marks().firstOffset()).isEqualTo(25);
        assertThat(names()).hasSize(7);
    }

    @Test
    void whatCompactionHasNotFinishedGoes() throws IOException {
        create(0, Layout.SEGMENT);
        create(0, Layout.CLEANED);
        assertThat(LogFiles.tidy(disk, LOG).segments()).containsExactly(0L);
        assertThat(names()).containsExactly(name(0, Layout.SEGMENT));
    }

    @Test
    void whatCompactionHasFinishedTakesItsPlaceAndKeepsTheJournalAway() throws IOException {
        for (long base : List.of(0L, 10L, 20L)) {
            create(base, Layout.SEGMENT);
        }
        create(10, Layout.INDEX);
        disk.create(Layout.swap(LOG, new Swap(0, 20))).close();
        LogFiles files = LogFiles.tidy(disk, LOG);
        assertThat(files.segments()).containsExactly(0L, 20L);
        assertThat(files.marks()).isEqualTo(new Marks(0, 20, 0));
        assertThat(names())
                .containsExactly(name(0, Layout.SEGMENT), name(20, Layout.COMPACTED), name(20, Layout.SEGMENT));
    }

    private void create(long offset, String suffix) throws IOException {
        disk.create(Layout.file(LOG, offset, suffix)).close();
    }

    private List<String> names() {
        return disk.list(Layout.logDirectory(LOG));
    }

    private static String name(long offset, String suffix) {
        String path = Layout.file(LOG, offset, suffix);
        return path.substring(path.lastIndexOf('/') + 1);
    }
}
