package io.evcache.client.pipeline;

import io.evcache.core.command.Lookup;
import io.evcache.core.error.EvCacheException;

/**
 * Is told about each zone of one read as it answers; see {@link Read#heardBy}. Called on event loops, or on the calling thread when the answer is known at once: be quick and do not block. What it throws is
 * logged and otherwise ignored. A zone that answers after the caller has left is not told of.
 */
public interface AttemptListener {

    /** The zone answered: a hit or a miss. */
    void answered(String zone, Lookup lookup);

    /** The zone did not answer. */
    void failed(String zone, EvCacheException failure);
}
