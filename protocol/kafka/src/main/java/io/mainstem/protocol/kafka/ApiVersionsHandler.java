package io.mainstem.protocol.kafka;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.ApiMessageType.ListenerType;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.ApiVersionsResponseData.ApiVersionCollection;
import org.apache.kafka.common.message.ApiVersionsResponseData.FinalizedFeatureKey;
import org.apache.kafka.common.message.ApiVersionsResponseData.SupportedFeatureKey;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiVersionsRequest;

/**
 * Tells which keys are served, at all their stable versions, and which features. A feature changes what clients do, so
 * none is named that is not there.
 */
final class ApiVersionsHandler implements Handler<ApiVersionsRequest> {

    /** Groups of {@code group.protocol=consumer}. */
    private static final String GROUP_FEATURE = "group.version";

    private static final short GROUP_LEVEL = 1;

    private final Set<ApiKeys> keys;

    /** @param keys may still grow until the first request */
    ApiVersionsHandler(Set<ApiKeys> keys) {
        this.keys = keys;
    }

    @Override
    public CompletionStage<? extends ApiMessage> handle(ApiVersionsRequest request, Client client) {
        ApiVersionsResponseData response = new ApiVersionsResponseData();
        if (request.isValid()) {
            response.setApiKeys(ranges(keys)).setFinalizedFeaturesEpoch(0);
            response.supportedFeatures()
                    .add(new SupportedFeatureKey()
                            .setName(GROUP_FEATURE)
                            .setMinVersion(GROUP_LEVEL)
                            .setMaxVersion(GROUP_LEVEL));
            response.finalizedFeatures()
                    .add(new FinalizedFeatureKey()
                            .setName(GROUP_FEATURE)
                            .setMinVersionLevel(GROUP_LEVEL)
                            .setMaxVersionLevel(GROUP_LEVEL));
        } else {
            response.setErrorCode(Errors.INVALID_REQUEST.code());
        }
        return CompletableFuture.completedFuture(response);
    }

    /** What a client needs to ask again when it asked in a version that we do not know. */
    static ApiVersionCollection ownRange() {
        return ranges(Set.of(ApiKeys.API_VERSIONS));
    }

    private static ApiVersionCollection ranges(Set<ApiKeys> keys) {
        ApiVersionCollection ranges = new ApiVersionCollection();
        // For produce the range starts at 0 though 3 is the oldest that is served: librdkafka takes a broker without
        // produce 0 for one that has no compression, and brokers of today say the same (KAFKA-18659).
        keys.forEach(key ->
                key.toApiVersionForApiResponse(false, ListenerType.BROKER).ifPresent(ranges::add));
        return ranges;
    }
}
