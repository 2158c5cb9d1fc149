package io.mainstem.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class NewestOffsetsTest {

    @Test
    void theNewestOffsetOfEachKeyIsKnown() {
        Random random = new Random(7);
        NewestOffsets offsets = new NewestOffsets(5_000);
        Map<String, Long> model = new HashMap<>();
        for (long offset = 0; offset < 20_000; offset++) {
            String key = "key" + random.nextInt(5_000);
            model.put(key, offset);
            assertThat(offsets.put(utf8(key), offset)).isTrue();
        }
        model.forEach((key, offset) -> assertThat(offsets.get(utf8(key))).isEqualTo(offset));
        assertThat(offsets.get(utf8("another"))).isEqualTo(-1);
    }

    @Test
    void whenItIsFullItTakesNoNewKeyButStillLearnsOfTheOldOnes() {
        NewestOffsets offsets = new NewestOffsets(2);
        assertThat(offsets.put(utf8("a"), 0)).isTrue();
        assertThat(offsets.put(utf8(""), 1)).isTrue();
        assertThat(offsets.put(utf8("c"), 2)).isFalse();
        assertThat(offsets.put(utf8("a"), 3)).isTrue();
        assertThat(offsets.get(utf8("a"))).isEqualTo(3);
        assertThat(offsets.get(utf8(""))).isEqualTo(1);
        assertThat(offsets.get(utf8("c"))).isEqualTo(-1);
    }

    private static ByteBuffer utf8(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }
}
