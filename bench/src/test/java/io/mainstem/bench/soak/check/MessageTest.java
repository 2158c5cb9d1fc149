package io.mainstem.bench.soak.check;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MessageTest {

    @Test
    void aMessageIsReadAsItWasWritten() {
        Message message = new Message(7, 1L << 40);
        assertThat(Message.decode(message.encode(200))).contains(message);
        assertThat(Message.decode(message.encode(Message.LEAST_BYTES))).contains(message);
    }

    @Test
    void aByteThatChangedIsSeenWhereverItStands() {
        byte[] bytes = new Message(7, 12_345).encode(40);
        for (int index = 0; index < bytes.length; index++) {
            byte[] changed = bytes.clone();
            changed[index]++;
            assertThat(Message.decode(changed)).as("byte %d", index).isEmpty();
        }
        assertThat(Message.decode(new byte[3])).isEmpty();
    }
}
