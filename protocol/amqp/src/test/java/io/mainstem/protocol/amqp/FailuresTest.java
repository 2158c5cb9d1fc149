package io.mainstem.protocol.amqp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.mainstem.broker.BindingSpec;
import io.mainstem.broker.Queue;
import io.mainstem.broker.QueueSpec;
import io.mainstem.broker.Routing;
import io.mainstem.broker.Topic;
import io.mainstem.broker.TopicSpec;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a client is told when somebody else was faster. */
class FailuresTest {

    private static final VirtualHost STAGING = new VirtualHost("staging");

    @RegisterExtension
    final BrokerFixture fixture = new BrokerFixture();

    @Test
    void anExchangeThatIsDeletedMeanwhileIsNotFound() throws Exception {
        Queue queue = queue();
        Topic topic = await(fixture.broker().topics().declare(TopicSpec.routed("vhost.staging.events", Routing.ALL)));
        await(fixture.broker().topics().delete(topic.name(), false));

        assertThat(told(queue.bind(topic, BindingSpec.key(""))))
                .isEqualTo("NOT_FOUND - no exchange 'events' in vhost 'staging'");
    }

    @Test
    void aQueueThatIsDeletedMeanwhileIsNotFound() throws Exception {
        Queue queue = queue();
        Topic topic = await(fixture.broker().topics().declare(TopicSpec.routed("vhost.staging.events", Routing.ALL)));
        await(fixture.broker().queues().delete(queue.name(), false, false));

        assertThat(told(queue.bind(topic, BindingSpec.key(""))))
                .isEqualTo("NOT_FOUND - no queue 'work' in vhost 'staging'");
        assertThat(told(queue.purge())).isEqualTo("NOT_FOUND - no queue 'work' in vhost 'staging'");
    }

    private Queue queue() throws Exception {
        return await(fixture.broker().queues().declare(QueueSpec.durable("vhost.staging.work"), null));
    }

    private static String told(CompletionStage<?> stage) {
        return Failures.toAmqp(catchThrowable(() -> await(stage)).getCause(), STAGING)
                .text();
    }

    private static <T> T await(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(BrokerFixture.DEADLINE.toSeconds(), TimeUnit.SECONDS);
    }
}
