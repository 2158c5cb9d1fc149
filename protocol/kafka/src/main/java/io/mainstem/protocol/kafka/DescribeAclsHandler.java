package io.mainstem.protocol.kafka;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.DescribeAclsResponseData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DescribeAclsRequest;

/** There are no access control lists, and nothing to keep them. */
final class DescribeAclsHandler implements Handler<DescribeAclsRequest> {

    static final String NO_AUTHORIZER = "access is not controlled: everybody may do everything";

    @Override
    public CompletionStage<? extends ApiMessage> handle(DescribeAclsRequest request, Client client) {
        return CompletableFuture.completedFuture(new DescribeAclsResponseData()
                .setErrorCode(Errors.SECURITY_DISABLED.code())
                .setErrorMessage(NO_AUTHORIZER));
    }
}
