package io.mainstem.protocol.kafka;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.message.DescribeConfigsRequestData.DescribeConfigsResource;
import org.apache.kafka.common.message.DescribeConfigsResponseData;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResourceResult;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResult;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DescribeConfigsRequest;

/** Tells the configs of topics and of the broker. */
final class DescribeConfigsHandler implements Handler<DescribeConfigsRequest> {

    private final Catalog catalog;
    private final KafkaOptions options;

    DescribeConfigsHandler(Catalog catalog, KafkaOptions options) {
        this.catalog = catalog;
        this.options = options;
    }

    @Override
    public CompletionStage<? extends ApiMessage> handle(DescribeConfigsRequest request, Client client) {
        DescribeConfigsResponseData response = new DescribeConfigsResponseData();
        request.data().resources().forEach(resource -> response.results().add(describe(resource, request)));
        return CompletableFuture.completedFuture(response);
    }

    private DescribeConfigsResult describe(DescribeConfigsResource resource, DescribeConfigsRequest request) {
        DescribeConfigsResult result = new DescribeConfigsResult()
                .setResourceType(resource.resourceType())
                .setResourceName(resource.resourceName());
        try {
            List<DescribeConfigsResourceResult> configs = find(resource).stream()
                    .filter(config -> isWanted(config.name(), resource.configurationKeys()))
                    .collect(Collectors.toList());
            for (DescribeConfigsResourceResult config : configs) {
                if (!request.data().includeSynonyms()) {
                    config.setSynonyms(List.of());
                }
                if (!request.data().includeDocumentation()) {
                    config.setDocumentation(null);
                }
            }
            return result.setErrorMessage(null).setConfigs(configs);
        } catch (RuntimeException e) {
            return result.setErrorCode(Failures.errorOf(e).code()).setErrorMessage(e.getMessage());
        }
    }

    private static boolean isWanted(String name, List<String> keys) {
        return keys == null || keys.isEmpty() || keys.contains(name);
    }

    private List<DescribeConfigsResourceResult> find(DescribeConfigsResource resource) {
        String name = resource.resourceName();
        ConfigResource.Type type = ConfigResource.Type.forId(resource.resourceType());
        return switch (type) {
            case TOPIC -> {
                org.apache.kafka.common.internals.Topic.validate(name);
                yield Configs.ofTopic(catalog.find(name)
                        .orElseThrow(Errors.UNKNOWN_TOPIC_OR_PARTITION::exception)
                        .spec()
                        .settings());
            }
            case BROKER -> {
                if (name.isEmpty()) {
                    yield List.of();
                }
                requireThisBroker(name);
                yield Configs.ofBroker(options);
            }
            default -> throw new InvalidRequestException("resources of type " + type + " have no configs here");
        };
    }

    static void requireThisBroker(String name) {
        if (!name.equals(Integer.toString(Client.NODE_ID))) {
            throw new InvalidRequestException("there is broker " + Client.NODE_ID + ", not " + name);
        }
    }
}
