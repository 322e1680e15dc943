package io.evcache.replication.publish;

import io.evcache.replication.mutation.Mutation;

/** Takes mutations on their way to other regions, from any thread. An implementer bounds what it keeps, and counts what it drops. */
public interface MutationPublisher {

    /**
     * Takes the mutation, or drops and counts it. Called on event loops: never blocks, never throws, never waits for the network.
     */
    void publish(Mutation mutation);

    /** Returns what has become of the mutations so far. Callable from any thread. */
    PublisherStats stats();
}
