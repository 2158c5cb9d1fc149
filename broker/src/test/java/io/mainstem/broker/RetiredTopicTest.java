package io.mainstem.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.mainstem.engine.LogId;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A topic may go before the queues that live from it. */
class RetiredTopicTest {

    private final SteppedBroker broker = new SteppedBroker();

    @Test
    void queuesKeepWhatTheyGotAlsoOverCrashAndRestart() {
        Topic topic = broker.topic("events");
        Queue queue = broker.declare("q", Map.of());
        broker.await(queue.bind(topic, ""));
        broker.publish(topic, "k", "1");
        broker.publish(topic, "k", "2");
        broker.await(broker.topics().retire("events", false));
        assertThat(broker.topics().find("events")).isEmpty();

        broker.crash();
        assertThat(broker.queue("q").readyCount()).isEqualTo(2);
        broker.restart();
        assertThat(broker.drain(broker.queue("q"))).containsExactly("1", "2");
    }

    @Test
    void anotherTopicMayHaveItsNameAtOnce() {
        Topic former = broker.topic("events");
        Queue queue = broker.declare("q", Map.of());
        broker.await(queue.bind(former, ""));
        broker.publish(former, "k", "old");
        broker.await(broker.topics().retire("events", false));
        Topic topic = broker.topic("events");
        broker.publish(topic, "k", "for nobody");
        broker.await(queue.bind(topic, ""));
        broker.publish(topic, "k", "new");

        broker.crash();
        assertThat(broker.drain(broker.queue("q"))).containsExactlyInAnyOrder("old", "new");
        assertThat(broker.topics().find("events")).isPresent();
    }

    @Test
    void itsLogGoesWhenAllIsSettled() {
        Topic topic = broker.topic("events");
        LogId log = topic.log(0);
        Queue queue = broker.declare("q", Map.of());
        broker.await(queue.bind(topic, ""));
        broker.publish(topic, "k", "1");
        broker.await(broker.topics().retire("events", false));
        broker.await(broker.topics().deleteSettled());
        assertThat(broker.hasLog(log)).isTrue();

        broker.drain(queue);
        broker.pass(100);
        broker.await(broker.topics().deleteSettled());
        assertThat(broker.hasLog(log)).isFalse();
        broker.restart();
        assertThat(broker.queue("q").readyCount()).isZero();
    }

    @Test
    void oneThatNobodyNeedsGoesAtOnce() {
        Topic topic = broker.topic("events");
        LogId log = topic.log(0);
        broker.publish(topic, "k", "for nobody");
        broker.await(broker.topics().retire("events", false));
        assertThat(broker.hasLog(log)).isFalse();
    }

    @Test
    void oneThatGoesWithItsLastBindingLeavesItsMessagesToo() {
        Topic topic = broker.await(broker.topics().declare(TopicSpec.routed("events", Routing.ALL, false, true)));
        Queue queue = broker.declare("q", Map.of());
        broker.await(queue.bind(topic, ""));
        broker.publish(topic, "k", "1");
        broker.await(queue.unbind(topic, ""));
        assertThat(broker.topics().find("events")).isEmpty();
        broker.restart();
        assertThat(broker.drain(broker.queue("q"))).containsExactly("1");
    }
}
