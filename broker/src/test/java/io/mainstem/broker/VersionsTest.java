package io.mainstem.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VersionsTest {

    @Test
    void aRecordComesAfterTheChangesAtOrBeforeItsOffset() {
        Versions versions = Versions.EMPTY.with(0, 3).with(10, 5).with(10, 6).with(20, 9);
        assertThat(versions.at(0)).isEqualTo(3);
        assertThat(versions.at(9)).isEqualTo(3);
        assertThat(versions.at(10)).isEqualTo(6);
        assertThat(versions.at(1_000)).isEqualTo(9);
        assertThat(versions.nextChangeAfter(3)).isEqualTo(10);
        assertThat(versions.nextChangeAfter(20)).isEqualTo(Long.MAX_VALUE);
        assertThat(versions.firstOffsetFrom(4)).isEqualTo(10);
        assertThat(versions.firstOffsetFrom(9)).isEqualTo(20);
        assertThat(versions.firstOffsetFrom(10)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void whoHasReadOneIsNotConcernedByLaterChanges() {
        Versions before = Versions.EMPTY.with(0, 1).with(5, 2);
        Versions after = before.with(5, 3).with(9, 4);
        assertThat(before.at(9)).isEqualTo(2);
        assertThat(before.nextChangeAfter(5)).isEqualTo(Long.MAX_VALUE);
        assertThat(after.at(5)).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void changesThatMakeNoDifferenceGoAndNobodyNotices(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 500; round++) {
            Versions versions = Versions.EMPTY;
            TreeMap<Long, Long> model = new TreeMap<>();
            TreeSet<Long> differences = new TreeSet<>();
            long offset = 0;
            long version = 0;
            for (int change = random.nextInt(30); change >= 0; change--) {
                version += 1 + random.nextInt(3);
                versions = versions.with(offset, version);
                model.put(offset, version);
                offset += random.nextInt(3);
                if (random.nextInt(4) == 0) {
                    differences.add(version - random.nextInt(2));
                }
            }
            Versions kept =
                    versions.keeping(differences.stream().mapToLong(it -> it).toArray());
            for (long at = 0; at <= offset; at++) {
                for (long difference : differences) {
                    assertThat(kept.at(at) >= difference)
                            .as("seed %d: change %d at offset %d", seed, difference, at)
                            .isEqualTo(model.floorEntry(at).getValue() >= difference);
                }
            }
            assertThat(countOf(kept, offset)).isLessThanOrEqualTo(differences.size() + 1);
        }
    }

    private static int countOf(Versions versions, long endOffset) {
        int count = 1;
        for (long at = versions.nextChangeAfter(0); at <= endOffset; at = versions.nextChangeAfter(at)) {
            count++;
        }
        return count;
    }
}
