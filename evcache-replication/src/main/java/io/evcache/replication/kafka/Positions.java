package io.evcache.replication.kafka;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Finds where a partition is to be read from. Asks the broker, with a time limit. */
final class Positions {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private final Consumer<byte[], byte[]> consumer;
    private final GapPolicy policy;

    Positions(Consumer<byte[], byte[]> consumer, GapPolicy policy) {
        this.consumer = consumer;
        this.policy = policy;
    }

    /**
     * Where to read on, and how many records were passed over.
     *
     * @param stopped whether the policy forbids to read on
     */
    record Start(long position, long gap, boolean stopped) {}

    /** Returns the start of a partition that was just assigned: where it was committed, or for a new group the oldest record. */
    Start assigned(TopicPartition partition) {
        Map<TopicPartition, OffsetAndMetadata> committed = consumer.committed(Set.of(partition), TIMEOUT);
        OffsetAndMetadata found = committed.get(partition);
        return found == null ? new Start(beginning(partition), 0, false) : at(partition, found.offset());
    }

    /** Returns the start of a partition that is to be read from this offset, if that still exists. */
    Start at(TopicPartition partition, long wanted) {
        long beginning = beginning(partition);
        long end = offset(consumer.endOffsets(Set.of(partition), TIMEOUT).get(partition));
        if (wanted >= beginning && wanted <= end) {
            return new Start(wanted, 0, false);
        }
        long position = policy == GapPolicy.LATEST ? end : beginning;
        // A topic made anew has lost an unknown number; it is reported as one.
        long gap = position > wanted ? position - wanted : 1;
        return new Start(position, gap, policy == GapPolicy.STOP);
    }

    private long beginning(TopicPartition partition) {
        return offset(consumer.beginningOffsets(Set.of(partition), TIMEOUT).get(partition));
    }

    private static long offset(@Nullable Long offset) {
        return offset == null ? 0 : offset;
    }
}
