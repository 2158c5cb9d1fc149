package io.mainstem.broker;

import static io.mainstem.broker.BrokerCalls.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mainstem.engine.Engine;
import io.mainstem.log.LocalEngine;
import io.mainstem.log.LocalOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who watches the topics finds at each call what there is by then. */
class TopicWatchTest {

    private Engine engine;
    private Broker broker;

    @BeforeEach
    void start(@TempDir Path directory) {
        engine = LocalEngine.open(directory, LocalOptions.defaults());
        broker = await(Broker.start(engine, BrokerOptions.defaults()));
    }

    @AfterEach
    void stop() {
        broker.close();
        engine.close();
    }

    @Test
    void aWatcherSeesTopicsComeGrowAndGo() {
        List<String> seen = Collections.synchronizedList(new ArrayList<>());
        broker.topics().watch(() -> seen.add(topics()));

        await(broker.topics().create(TopicSpec.stream("events", 1)));
        await(broker.topics().addPartitions("events", 3));
        await(broker.topics().delete("events", false));

        assertThat(seen).containsExactly("events/1", "events/3", "");
    }

    @Test
    void whoNoLongerWatchesIsNotCalled() {
        List<String> seen = Collections.synchronizedList(new ArrayList<>());
        broker.topics().watch(() -> seen.add(topics())).close();

        await(broker.topics().create(TopicSpec.stream("events", 1)));

        assertThat(seen).isEmpty();
    }

    @Test
    void nobodyElseDeclaresATopicOfTheBrokersOwn() {
        await(broker.topics().declareInternal(TopicSpec.stream("__own", 1)));

        assertThatThrownBy(() -> await(broker.topics().declare(TopicSpec.routed("__own", Routing.EXACT))))
                .isInstanceOf(BrokerException.class)
                .hasMessageContaining("belong to the broker");
    }

    private String topics() {
        return String.join(
                " ",
                broker.topics().all().stream()
                        .map(topic -> topic.name() + "/" + topic.partitions())
                        .toList());
    }
}
