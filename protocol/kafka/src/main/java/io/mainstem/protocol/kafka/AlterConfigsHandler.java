package io.mainstem.protocol.kafka;

import io.mainstem.protocol.kafka.ConfigAlteration.Wanted;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.message.AlterConfigsRequestData.AlterConfigsResource;
import org.apache.kafka.common.message.AlterConfigsRequestData.AlterableConfig;
import org.apache.kafka.common.message.AlterConfigsResponseData;
import org.apache.kafka.common.message.AlterConfigsResponseData.AlterConfigsResourceResponse;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.requests.AlterConfigsRequest;

/** Replaces all that is set of a topic: what the request does not name is at its default from then on. */
final class AlterConfigsHandler implements Handler<AlterConfigsRequest> {

    private final ConfigAlteration alteration;

    AlterConfigsHandler(ConfigAlteration alteration) {
        this.alteration = alteration;
    }

    @Override
    public CompletionStage<? extends ApiMessage> handle(AlterConfigsRequest request, Client client) {
        List<Wanted> wanted = request.data().resources().stream()
                .map(resource ->
                        new Wanted(resource.resourceType(), resource.resourceName(), before -> configs(resource)))
                .toList();
        return alteration.alter(wanted, request.data().validateOnly()).thenApply(outcomes -> {
            AlterConfigsResponseData response = new AlterConfigsResponseData();
            outcomes.forEach(outcome -> response.responses()
                    .add(new AlterConfigsResourceResponse()
                            .setResourceType(outcome.wanted().type())
                            .setResourceName(outcome.wanted().name())
                            .setErrorCode(outcome.error().code())
                            .setErrorMessage(outcome.message())));
            return response;
        });
    }

    private static Map<String, String> configs(AlterConfigsResource resource) {
        Map<String, String> configs = new TreeMap<>();
        for (AlterableConfig config : resource.configs()) {
            if (config.value() == null) {
                throw new InvalidRequestException("'" + config.name() + "' has no value");
            }
            if (configs.put(config.name(), config.value()) != null) {
                throw new InvalidRequestException("the request names '" + config.name() + "' more than once");
            }
        }
        return configs;
    }
}
