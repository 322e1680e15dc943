package io.evcache.replication.publish;

import io.evcache.replication.mutation.Mutation;

/** Takes mutations on their way to other regions. */
public interface MutationPublisher {

    /**
     * Takes the mutation, or drops and counts it. Called on event loops: never blocks, never throws, never waits for the network.
     */
    void publish(Mutation mutation);

    /** Returns what has become of the mutations so far. Callable from any thread. */
    PublisherStats stats();
}
