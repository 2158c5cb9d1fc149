package io.mainstem.protocol.kafka.groups;

import java.net.InetAddress;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.apache.kafka.server.authorizer.AuthorizableRequestContext;

/**
 * Who asks the coordinator, and in which version, on which some of its answers depend.
 *
 * @param clientId what the client calls itself; empty text if nothing
 */
public record Caller(ApiKeys key, int requestVersion, String clientId, InetAddress clientAddress)
        implements AuthorizableRequestContext {

    @Override
    public String listenerName() {
        return securityProtocol().name;
    }

    @Override
    public SecurityProtocol securityProtocol() {
        return SecurityProtocol.PLAINTEXT;
    }

    @Override
    public KafkaPrincipal principal() {
        return KafkaPrincipal.ANONYMOUS;
    }

    @Override
    public int requestType() {
        return key.id;
    }

    /** Not the coordinator's business. */
    @Override
    public int correlationId() {
        return 0;
    }
}
