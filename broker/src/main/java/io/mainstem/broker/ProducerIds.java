package io.mainstem.broker;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Ids for idempotent producers. A block is reserved in the metadata log before any id of it is given out. */
final class ProducerIds {

    private static final int BLOCK = 1_000;

    private final MetadataLog metadata;
    private final Catalogue catalogue;
    private long next;
    private long limit;

    ProducerIds(MetadataLog metadata, Catalogue catalogue) {
        this.metadata = metadata;
        this.catalogue = catalogue;
    }

    CompletionStage<Long> next() {
        return metadata.change(() -> {
            if (next < limit) {
                return CompletableFuture.completedFuture(next++);
            }
            long first = catalogue.producerIdLimit();
            return metadata.append(new MetadataRecord.ProducerIdsReserved(first + BLOCK))
                    .thenApply(offset -> {
                        next = first + 1;
                        limit = first + BLOCK;
                        return first;
                    });
        });
    }
}
