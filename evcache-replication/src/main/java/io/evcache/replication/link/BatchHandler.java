package io.evcache.replication.link;

import java.util.concurrent.CompletionStage;

/** What a server does with the batches that it receives. */
@FunctionalInterface
public interface BatchHandler {

    /**
     * Applies the batch. Called on an event loop: must not block. Batches of one connection come in their order.
     *
     * @return one outcome for each entry; a failed stage is answered as "retry" for all
     */
    CompletionStage<BatchAck> apply(Batch batch);
}
