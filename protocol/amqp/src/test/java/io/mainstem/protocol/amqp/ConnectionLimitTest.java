package io.mainstem.protocol.amqp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.Connection;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ConnectionLimitTest {

    @RegisterExtension
    final BrokerFixture fixture =
            new BrokerFixture(AmqpOptions.builder().maxConnections(2).build());

    @Test
    void aConnectionTooManyIsClosedAndThereIsRoomAgainWhenAnotherGoes() throws Exception {
        Connection first = fixture.connect();
        Connection second = fixture.connect();

        assertThatThrownBy(fixture::connect).isInstanceOf(IOException.class);

        second.createChannel().queueDeclare();
        first.close();
        // the broker lets go of it when the socket is closed, too
        await().atMost(BrokerFixture.DEADLINE)
                .ignoreExceptionsInstanceOf(IOException.class)
                .until(() -> fixture.connect().isOpen());
        assertThat(second.isOpen()).isTrue();
    }
}
