package io.mainstem.protocol.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mainstem.broker.Topic;
import io.mainstem.engine.EngineException.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.JoinGroupResponse;
import org.apache.kafka.common.requests.OffsetFetchResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nothing counts as committed that is not on the disk, whatever the disk does. */
class GroupFailureTest {

    private static final String OFFSETS = "__consumer_offsets";
    private static final int COMMIT_VERSION = 9;
    private static final long NOTHING = -1;

    private Service service;
    private Topic topic;

    @BeforeEach
    void start(@TempDir Path directory) throws IOException {
        service = Service.start(directory);
        topic = service.topic("events", 1);
    }

    @AfterEach
    void stop() {
        service.close();
    }

    @Test
    void aCommitIsAnsweredOnceItIsDurable() throws IOException {
        try (RawClient client = service.connect();
                RawClient other = service.connect()) {
            assertThat(fetch(other)).isEqualTo(NOTHING);
            service.engine.hold(OFFSETS);
            int commit = client.send(commit(5));
            await().atMost(Service.DEADLINE).until(() -> service.engine.heldAppends() == 1);

            assertThat(fetch(other)).isEqualTo(NOTHING);
            service.engine.release(false);

            assertThat(errors(client.receive(ApiKeys.OFFSET_COMMIT, (short) COMMIT_VERSION, commit)))
                    .isEqualTo(Errors.NONE);
            assertThat(fetch(other)).isEqualTo(5);
        }
    }

    @Test
    void aCommitThatFailsDidNotHappen() throws IOException {
        try (RawClient client = service.connect()) {
            commitUntilItWorks(client, 3);
            service.engine.fail(Kind.STORE_FULL);
            assertThat(errors(client.ask(commit(5)))).isEqualTo(Errors.NOT_COORDINATOR);
            service.engine.fail(null);

            assertThat(fetchUntilItWorks(client)).isEqualTo(3);
            commitUntilItWorks(client, 7);
            assertThat(fetch(client)).isEqualTo(7);
        }
    }

    @Test
    void aCommitOfUnknownOutcomeIsWhatTheLogSays() throws IOException {
        try (RawClient client = service.connect()) {
            commitUntilItWorks(client, 3);
            service.engine.fail(Kind.UNKNOWN_OUTCOME);
            assertThat(errors(client.ask(commit(5)))).isEqualTo(Errors.NOT_COORDINATOR);
            service.engine.fail(null);

            assertThat(fetchUntilItWorks(client)).isEqualTo(5);
            commitUntilItWorks(client, 7);
            assertThat(fetch(client)).isEqualTo(7);
        }
    }

    @Test
    void whatFollowsAFailedCommitIsNotStoredWithoutIt() throws IOException {
        try (RawClient first = service.connect();
                RawClient second = service.connect()) {
            commitUntilItWorks(first, 3);
            service.engine.hold(OFFSETS);
            int before = first.send(commit(5));
            await().atMost(Service.DEADLINE).until(() -> service.engine.heldAppends() == 1);
            int after = second.send(commit(6));
            service.engine.failHeld(Kind.STORE_FULL);

            assertThat(errors(first.receive(ApiKeys.OFFSET_COMMIT, (short) COMMIT_VERSION, before)))
                    .isEqualTo(Errors.NOT_COORDINATOR);
            Errors answer = errors(second.receive(ApiKeys.OFFSET_COMMIT, (short) COMMIT_VERSION, after));
            assertThat(fetchUntilItWorks(first)).isEqualTo(answer == Errors.NONE ? 6 : 3);
        }
    }

    @Test
    void aJoinThatWaitsDoesNotHoldUpTheEnd() throws IOException {
        try (RawClient leader = service.connect();
                RawClient waiting = service.connect()) {
            JoinGroupResponse joined = leader.ask(GroupRequests.join(2, "group", ""));
            assertThat(joined.error()).isEqualTo(Errors.NONE);
            int join = waiting.send(GroupRequests.join(2, "group", ""));
            await().atMost(Service.DEADLINE).until(() -> heartbeat(leader, joined) == Errors.REBALANCE_IN_PROGRESS);

            long startNanos = System.nanoTime();
            service.listener.close();

            assertThat(Duration.ofNanos(System.nanoTime() - startNanos)).isLessThan(Duration.ofSeconds(5));
            JoinGroupResponse answer = waiting.receive(ApiKeys.JOIN_GROUP, (short) 2, join);
            assertThat(answer.error()).isEqualTo(Errors.NOT_COORDINATOR);
        }
        // a thread that has been told to end may take a moment
        await().atMost(Service.DEADLINE)
                .untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
                        .extracting(Thread::getName)
                        .noneMatch(name -> name.contains("group-coordinator") || name.contains("mainstem-group")));
    }

    private static Errors heartbeat(RawClient client, JoinGroupResponse joined) throws IOException {
        AbstractResponse response = client.ask(GroupRequests.heartbeat(
                "group", joined.data().memberId(), joined.data().generationId()));
        return errors(response);
    }

    private AbstractRequest commit(long offset) {
        return GroupRequests.commit(COMMIT_VERSION, "group", topic, 0, offset);
    }

    private void commitUntilItWorks(RawClient client, long offset) {
        await().atMost(Service.DEADLINE).until(() -> errors(client.ask(commit(offset))) == Errors.NONE);
    }

    private long fetchUntilItWorks(RawClient client) {
        await().atMost(Service.DEADLINE)
                .until(() -> ask(client).errorCounts().keySet().equals(Set.of(Errors.NONE)));
        return fetch(client);
    }

    private long fetch(RawClient client) {
        return ask(client).group("group").topics().get(0).partitions().get(0).committedOffset();
    }

    private OffsetFetchResponse ask(RawClient client) {
        try {
            return client.ask(Requests.request(
                    ApiKeys.OFFSET_FETCH,
                    9,
                    new OffsetFetchRequestData()
                            .setGroups(List.of(new OffsetFetchRequestGroup()
                                    .setGroupId("group")
                                    .setMemberId(null)
                                    .setMemberEpoch(-1)
                                    .setTopics(List.of(new OffsetFetchRequestTopics()
                                            .setName("events")
                                            .setPartitionIndexes(List.of(0))))))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Errors errors(AbstractResponse response) {
        assertThat(response.errorCounts()).hasSize(1);
        return response.errorCounts().keySet().iterator().next();
    }
}
