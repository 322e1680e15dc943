package io.evcache.replication.link;

import java.util.Collections;
import java.util.List;

/**
 * What became of each entry of a batch, in the batch's order.
 *
 * @param id the batch's
 */
public record BatchAck(long id, List<Outcome> outcomes) implements Frame {

    /** What became of one entry. */
    public enum Outcome {
        /** At least one zone took it. */
        APPLIED,
        /** No zone took it now; later one may. */
        RETRY,
        /** It can never be taken: an illegal key, life or size. */
        REJECTED
    }

    public BatchAck {
        outcomes = List.copyOf(outcomes);
    }

    /** Returns the answer that says the same of every entry. */
    public static BatchAck all(Batch batch, Outcome outcome) {
        return new BatchAck(batch.id(), Collections.nCopies(batch.entries().size(), outcome));
    }
}
