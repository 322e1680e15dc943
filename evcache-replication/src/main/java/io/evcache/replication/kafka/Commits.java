package io.evcache.replication.kafka;

import io.evcache.replication.relay.MutationSource.Intake;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What one consumer commits: how far the relay says that all has ended, and only where that has changed. Confined to the source's thread. */
final class Commits {
    private static final Logger LOG = LoggerFactory.getLogger(Commits.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(3);

    private final String topic;
    private final Consumer<byte[], byte[]> consumer;
    private final Intake intake;

    /** What this consumer has committed. Begins empty, so that the start after a gap is committed once and the gap is never found again. */
    private final Map<TopicPartition, Long> committed = new HashMap<>();

    Commits(String topic, Consumer<byte[], byte[]> consumer, Intake intake) {
        this.topic = topic;
        this.consumer = consumer;
        this.intake = intake;
    }

    /**
     * Sends what is new. Does not wait for the answer.
     *
     * @param held the partitions of this consumer; looked at once more when the answer is there
     */
    void commit(Set<TopicPartition> held) {
        Map<TopicPartition, OffsetAndMetadata> offsets = uncommitted(held);
        if (offsets.isEmpty()) {
            return;
        }
        consumer.commitAsync(offsets, (done, failure) -> {
            if (failure == null) {
                committed(done, held);
            } else {
                LOG.debug("[{}] commit failed, next one comes soon", topic, failure);
            }
        });
    }

    private void committed(Map<TopicPartition, OffsetAndMetadata> done, Set<TopicPartition> held) {
        done.forEach((partition, offset) -> {
            if (held.contains(partition)) {
                committed.put(partition, offset.offset());
            }
        });
    }

    /** Commits what is new of partitions that are about to leave. */
    void commitNow(Collection<TopicPartition> leaving) {
        Map<TopicPartition, OffsetAndMetadata> offsets = uncommitted(leaving);
        try {
            if (!offsets.isEmpty()) {
                commitNow(offsets);
            }
        } catch (InterruptException e) {
            throw e;
        } catch (KafkaException e) {
            LOG.warn(
                    "[{}] last commit of {} failed, some records will be shipped again: {}",
                    topic,
                    leaving,
                    e.toString());
        }
    }

    /** The wake-up that ends the loop may strike here instead of in poll, and strikes once. */
    private void commitNow(Map<TopicPartition, OffsetAndMetadata> offsets) {
        try {
            consumer.commitSync(offsets, TIMEOUT);
        } catch (WakeupException e) {
            consumer.commitSync(offsets, TIMEOUT);
        }
    }

    /** They are somebody else's now, who commits on. */
    void forget(Collection<TopicPartition> gone) {
        committed.keySet().removeAll(gone);
    }

    private Map<TopicPartition, OffsetAndMetadata> uncommitted(Collection<TopicPartition> partitions) {
        Map<Integer, Long> committable = intake.committable();
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        for (TopicPartition partition : partitions) {
            Long offset = committable.get(partition.partition());
            if (offset != null && !offset.equals(committed.get(partition))) {
                offsets.put(partition, new OffsetAndMetadata(offset));
            }
        }
        return offsets;
    }
}
