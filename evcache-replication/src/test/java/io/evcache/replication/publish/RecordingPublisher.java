package io.evcache.replication.publish;

import io.evcache.replication.mutation.Mutation;
import java.util.List;

/**
 * Publishes nowhere and remembers what it was given.
 *
 * @param published where to
 */
public record RecordingPublisher(List<Mutation> published) implements MutationPublisher {

    @Override
    public void publish(Mutation mutation) {
        published.add(mutation);
    }

    @Override
    public PublisherStats stats() {
        return new PublisherStats(published.size(), 0, 0, 0, 0, 0);
    }
}
