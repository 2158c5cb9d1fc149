package io.mainstem.protocol.kafka;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.DeleteAclsResponseData;
import org.apache.kafka.common.message.DeleteAclsResponseData.DeleteAclsFilterResult;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DeleteAclsRequest;

/** There are no access control lists to delete, and nothing that would keep any. */
final class DeleteAclsHandler implements Handler<DeleteAclsRequest> {

    @Override
    public CompletionStage<? extends ApiMessage> handle(DeleteAclsRequest request, Client client) {
        DeleteAclsResponseData response = new DeleteAclsResponseData();
        request.data()
                .filters()
                .forEach(filter -> response.filterResults()
                        .add(new DeleteAclsFilterResult()
                                .setErrorCode(Errors.SECURITY_DISABLED.code())
                                .setErrorMessage(DescribeAclsHandler.NO_AUTHORIZER)));
        return CompletableFuture.completedFuture(response);
    }
}
