package io.mainstem.protocol.kafka;

import io.mainstem.broker.TopicSetting;
import io.mainstem.broker.TopicSettings;
import io.mainstem.protocol.kafka.ConfigAlteration.Wanted;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterConfigsResource;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterableConfig;
import org.apache.kafka.common.message.IncrementalAlterConfigsResponseData;
import org.apache.kafka.common.message.IncrementalAlterConfigsResponseData.AlterConfigsResourceResponse;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.requests.IncrementalAlterConfigsRequest;

/** Alters single configs of a topic, beginning with what is set when the change has its turn. */
final class IncrementalAlterConfigsHandler implements Handler<IncrementalAlterConfigsRequest> {

    private final ConfigAlteration alteration;

    IncrementalAlterConfigsHandler(ConfigAlteration alteration) {
        this.alteration = alteration;
    }

    @Override
    public CompletionStage<? extends ApiMessage> handle(IncrementalAlterConfigsRequest request, Client client) {
        List<Wanted> wanted = request.data().resources().stream()
                .map(resource ->
                        new Wanted(resource.resourceType(), resource.resourceName(), before -> alter(before, resource)))
                .toList();
        return alteration.alter(wanted, request.data().validateOnly()).thenApply(outcomes -> {
            IncrementalAlterConfigsResponseData response = new IncrementalAlterConfigsResponseData();
            outcomes.forEach(outcome -> response.responses()
                    .add(new AlterConfigsResourceResponse()
                            .setResourceType(outcome.wanted().type())
                            .setResourceName(outcome.wanted().name())
                            .setErrorCode(outcome.error().code())
                            .setErrorMessage(outcome.message())));
            return response;
        });
    }

    private static Map<String, String> alter(Map<String, String> configs, AlterConfigsResource resource) {
        Set<String> names = new HashSet<>();
        for (AlterableConfig config : resource.configs()) {
            if (!names.add(config.name())) {
                throw new InvalidRequestException("the request names '" + config.name() + "' more than once");
            }
        }
        resource.configs().forEach(config -> alter(configs, config));
        return configs;
    }

    private static void alter(Map<String, String> configs, AlterableConfig config) {
        OpType operation = OpType.forId(config.configOperation());
        if (operation == null) {
            throw new InvalidRequestException("no operation " + config.configOperation() + " on a config");
        }
        String name = config.name();
        if (operation == OpType.DELETE) {
            configs.remove(name);
            return;
        }
        if (config.value() == null) {
            throw new InvalidRequestException("'" + name + "' has no value");
        }
        if (operation == OpType.SET) {
            configs.put(name, config.value());
            return;
        }
        TopicSetting setting = TopicSettings.definition(name)
                .filter(it -> it.type() == TopicSetting.Type.LIST)
                .orElseThrow(() -> new InvalidConfigurationException("'" + name + "' is no list"));
        Set<String> entries = entries(configs.getOrDefault(name, setting.defaultValue()));
        if (operation == OpType.APPEND) {
            entries.addAll(entries(config.value()));
        } else {
            entries.removeAll(entries(config.value()));
        }
        configs.put(name, String.join(",", entries));
    }

    private static Set<String> entries(String list) {
        return Arrays.stream(list.split(",", -1))
                .map(String::trim)
                .filter(entry -> !entry.isEmpty())
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }
}
