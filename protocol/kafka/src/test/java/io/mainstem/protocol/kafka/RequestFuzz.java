package io.mainstem.protocol.kafka;

import io.mainstem.broker.Broker;
import io.mainstem.broker.BrokerOptions;
import io.mainstem.log.LocalEngine;
import io.mainstem.log.LocalOptions;
import java.nio.ByteBuffer;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.requests.RequestHeader;

/** For the fuzzer: whatever bytes a client sends as a request, it is read or is a violation of the protocol. */
public final class RequestFuzz {

    private static final Handlers HANDLERS = new Handlers(
            Broker.start(LocalEngine.inMemory(LocalOptions.defaults()), BrokerOptions.defaults())
                    .toCompletableFuture()
                    .join(),
            KafkaOptions.defaults());

    private RequestFuzz() {}

    /** Called by the fuzzer. */
    public static void fuzzerTestOneInput(byte[] input) {
        ByteBuffer frame = ByteBuffer.wrap(input);
        try {
            RequestHeader header = RequestHeader.parse(frame);
            Handlers.Route<?> route = HANDLERS.find(header);
            route.parse(header.apiVersion(), new FrameReader(frame.slice()));
        } catch (InvalidRequestException | ProtocolViolation e) {
            // what is wrong with it is said
        }
    }
}
