package io.mainstem.protocol.kafka;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.CreateAclsResponseData;
import org.apache.kafka.common.message.CreateAclsResponseData.AclCreationResult;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.CreateAclsRequest;

/** Refuses access control lists, which nothing would keep to. */
final class CreateAclsHandler implements Handler<CreateAclsRequest> {

    @Override
    public CompletionStage<? extends ApiMessage> handle(CreateAclsRequest request, Client client) {
        CreateAclsResponseData response = new CreateAclsResponseData();
        request.data()
                .creations()
                .forEach(creation -> response.results()
                        .add(new AclCreationResult()
                                .setErrorCode(Errors.SECURITY_DISABLED.code())
                                .setErrorMessage(DescribeAclsHandler.NO_AUTHORIZER)));
        return CompletableFuture.completedFuture(response);
    }
}
