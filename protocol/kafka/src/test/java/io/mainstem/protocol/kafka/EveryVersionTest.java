package io.mainstem.protocol.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.mainstem.broker.Topic;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.apache.kafka.common.message.ApiVersionsResponseData.ApiVersion;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.ApiVersionsResponse;
import org.apache.kafka.common.requests.FetchResponse;
import org.apache.kafka.common.requests.ListOffsetsResponse;
import org.apache.kafka.common.requests.MetadataResponse;
import org.apache.kafka.common.requests.ProduceResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each key that is advertised is answered at each version that is advertised, to the last byte. */
class EveryVersionTest {

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
    void everyAdvertisedVersionOfEveryKeyIsAnswered() throws IOException {
        try (RawClient client = service.connect()) {
            for (ApiVersion range : advertised(client).data().apiKeys()) {
                ApiKeys key = ApiKeys.forId(range.apiKey());
                if (AdminRequests.ANSWERS.containsKey(key)) {
                    continue; // has a test of its own
                }
                for (int version = key.oldestVersion(); version <= range.maxVersion(); version++) {
                    AbstractResponse response = client.ask(Requests.any(key, version, topic));

                    assertThat(response.errorCounts().keySet())
                            .as(key + " " + version)
                            .isSubsetOf(GroupRequests.answers(key));
                }
            }
        }
    }

    @Test
    void everyAdministrativeKeyIsAnsweredAtEveryVersion() throws IOException {
        try (RawClient client = service.connect()) {
            int topics = 0;
            for (ApiKeys key : AdminRequests.ANSWERS.keySet()) {
                for (short version : key.allVersions()) {
                    String name = "administered." + topics++;
                    Topic present = service.topic(name, 2);
                    client.ask(Requests.produce(3, present, 0, Requests.records("record")));
                    AdminRequests.Answers answers = AdminRequests.ANSWERS.get(key);
                    for (String asked : List.of(name, "absent")) {
                        AbstractResponse response =
                                client.ask(Requests.request(key, version, AdminRequests.about(key, version, asked, 2)));
                        assertThat(response.errorCounts().keySet())
                                .as(key + " " + version + " of " + asked)
                                .isSubsetOf(Errors.NONE, asked.equals(name) ? answers.present() : answers.absent());
                        if (!asked.equals(name) || answers.present() != Errors.NONE) {
                            assertThat(response.errorCounts())
                                    .as(key + " " + version + " of " + asked)
                                    .containsKey(asked.equals(name) ? answers.present() : answers.absent());
                        }
                    }
                }
            }
        }
    }

    @Test
    void errorsCanBeToldAtEveryVersion() throws IOException {
        Topic gone = service.topic("gone", 1);
        service.broker.topics().delete("gone", false).toCompletableFuture().join();
        try (RawClient client = service.connect()) {
            for (int version = 3; version <= 13; version++) {
                ProduceResponse response = client.ask(Requests.produce(version, gone, 0, Requests.records("x")));
                assertThat(response.errorCounts())
                        .containsOnlyKeys(version < 13 ? Errors.UNKNOWN_TOPIC_OR_PARTITION : Errors.UNKNOWN_TOPIC_ID);
            }
            for (int version = 4; version <= 18; version++) {
                FetchResponse response = client.ask(Requests.fetch(version, gone, 0));
                assertThat(response.errorCounts())
                        .containsKey(version < 13 ? Errors.UNKNOWN_TOPIC_OR_PARTITION : Errors.UNKNOWN_TOPIC_ID);
            }
            for (int version = 1; version <= 11; version++) {
                ListOffsetsResponse response = client.ask(Requests.listOffsets(version, "gone", -1));
                assertThat(response.errorCounts()).containsKey(Errors.UNKNOWN_TOPIC_OR_PARTITION);
            }
            for (int version = 0; version <= 13; version++) {
                MetadataResponse response = client.ask(Requests.metadata(version, "no such name!"));
                assertThat(response.errorCounts()).containsKey(Errors.INVALID_TOPIC_EXCEPTION);
            }
        }
    }

    @Test
    void onlyStableVersionsAreAdvertised() throws IOException {
        try (RawClient client = service.connect()) {
            for (ApiVersion range : advertised(client).data().apiKeys()) {
                assertThat(range.maxVersion())
                        .isEqualTo(ApiKeys.forId(range.apiKey()).latestVersion(false));
            }
        }
    }

    @Test
    void aClientThatIsTooNewLearnsWhichVersionToUse() throws IOException {
        RequestHeaderData header = new RequestHeaderData()
                .setRequestApiKey(ApiKeys.API_VERSIONS.id)
                .setRequestApiVersion((short) 99)
                .setCorrelationId(7)
                .setClientId("future");
        ObjectSerializationCache cache = new ObjectSerializationCache();
        ByteBuffer frame = ByteBuffer.allocate(header.size(cache, (short) 2));
        header.write(new ByteBufferAccessor(frame), cache, (short) 2);
        try (RawClient client = service.connect()) {
            client.sendFrame(frame.flip());
            ApiVersionsResponse response = client.receive(ApiKeys.API_VERSIONS, (short) 0, 7);

            assertThat(response.data().errorCode()).isEqualTo(Errors.UNSUPPORTED_VERSION.code());
            assertThat(response.apiVersion(ApiKeys.API_VERSIONS.id).maxVersion())
                    .isEqualTo(ApiKeys.API_VERSIONS.latestVersion());
            assertThat(advertised(client).data().apiKeys()).isNotEmpty();
        }
    }

    @Test
    void aVersionThatIsNotAdvertisedEndsTheConnection() throws IOException {
        try (RawClient client = service.connect()) {
            ByteBuffer frame = ByteBuffer.allocate(64);
            frame.putShort(ApiKeys.METADATA.id)
                    .putShort((short) 99)
                    .putInt(1)
                    .putShort((short) -1)
                    .put((byte) 0);
            client.sendFrame(frame.flip());

            client.awaitClosed();
        }
    }

    private ApiVersionsResponse advertised(RawClient client) throws IOException {
        return client.ask(Requests.any(ApiKeys.API_VERSIONS, 4, topic));
    }
}
