package io.mainstem.protocol.kafka;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.ListConfigResourcesResponseData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ListConfigResourcesRequest;

/** Lists what has configs: the topics and the broker. */
final class ListConfigResourcesHandler implements Handler<ListConfigResourcesRequest> {

    /** What can be asked for; of some there are none. */
    private static final Set<Byte> TYPES = Set.of(
            ConfigResource.Type.TOPIC.id(),
            ConfigResource.Type.BROKER.id(),
            ConfigResource.Type.BROKER_LOGGER.id(),
            ConfigResource.Type.CLIENT_METRICS.id(),
            ConfigResource.Type.GROUP.id());

    /** Before this version only client metrics are asked for. */
    private static final short TYPES_VERSION = 1;

    private final Catalog catalog;

    ListConfigResourcesHandler(Catalog catalog) {
        this.catalog = catalog;
    }

    @Override
    public CompletionStage<? extends ApiMessage> handle(ListConfigResourcesRequest request, Client client) {
        ListConfigResourcesResponseData response = new ListConfigResourcesResponseData();
        List<Byte> wanted = request.data().resourceTypes();
        if (request.version() < TYPES_VERSION) {
            return CompletableFuture.completedFuture(response);
        }
        if (!TYPES.containsAll(wanted)) {
            return CompletableFuture.completedFuture(response.setErrorCode(Errors.UNSUPPORTED_VERSION.code()));
        }
        for (byte type : wanted.isEmpty() ? TYPES : new TreeSet<>(wanted)) {
            namesOf(type)
                    .forEach(name -> response.configResources()
                            .add(new ListConfigResourcesResponseData.ConfigResource()
                                    .setResourceType(type)
                                    .setResourceName(name)));
        }
        return CompletableFuture.completedFuture(response);
    }

    private Stream<String> namesOf(byte type) {
        if (type == ConfigResource.Type.TOPIC.id()) {
            return catalog.all().stream().map(topic -> topic.name());
        }
        return type == ConfigResource.Type.BROKER.id() ? Stream.of(Integer.toString(Client.NODE_ID)) : Stream.empty();
    }
}
