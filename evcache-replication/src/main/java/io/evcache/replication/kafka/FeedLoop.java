package io.evcache.replication.kafka;

import io.evcache.client.near.NearCaches;
import io.evcache.core.error.IllegalKeyException;
import io.evcache.core.key.Key;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The life of one consumer that reads all partitions from their ends and tells near caches of the keys. Confined to the feed's thread, but for the two counters.
 *
 * <p>Four times per allowed lag it asks the broker where the partitions end. Once it has read that far, everything that was in the topic when it asked has been told, and the near caches may count on it for the allowed lag
 * from then on. Without an answer, or behind, it just does not say so again.
 */
final class FeedLoop {
    private static final Logger LOG = LoggerFactory.getLogger(FeedLoop.class);
    private static final Duration BEGIN_TIMEOUT = Duration.ofSeconds(10);
    private static final int CHECKS_PER_LAG = 4;

    private final String topic;
    private final Consumer<byte[], byte[]> consumer;
    private final NearCaches.Feed feed;
    private final Duration maxLag;
    private final Duration interval;
    private final AtomicLong heard;
    private final AtomicLong gaps;

    /** The offset that the next record of a partition has if none is missing. */
    private final Map<TopicPartition, Long> expected = new HashMap<>();

    FeedLoop(
            String topic,
            Consumer<byte[], byte[]> consumer,
            NearCaches.Feed feed,
            Duration maxLag,
            AtomicLong heard,
            AtomicLong gaps) {
        this.topic = topic;
        this.consumer = consumer;
        this.feed = feed;
        this.maxLag = maxLag;
        this.interval = maxLag.dividedBy(CHECKS_PER_LAG);
        this.heard = heard;
        this.gaps = gaps;
    }

    /** Reads until told to end, or until Kafka says that it is no use. */
    void run(BooleanSupplier ending) {
        begin();
        while (!ending.getAsBoolean()) {
            step(ending);
        }
    }

    /** From the ends of the partitions that there are now. */
    void begin() {
        List<TopicPartition> partitions = partitions();
        if (partitions.isEmpty()) {
            throw new UnknownTopicOrPartitionException("topic " + topic + " does not exist");
        }
        consumer.assign(partitions);
        expected.clear();
        expected.putAll(consumer.endOffsets(partitions, BEGIN_TIMEOUT));
        expected.forEach(consumer::seek);
    }

    /** One check, and reading until the next one is due. */
    void step(BooleanSupplier ending) {
        long asked = feed.nanos();
        Optional<Map<TopicPartition, Long>> ends = ends();
        if (ends.isPresent() && hasChanged(ends.get())) {
            beginAgain("its partitions have changed");
            return;
        }
        boolean told = false;
        do {
            if (!told && ends.isPresent() && hasReached(ends.get())) {
                feed.renew(asked, maxLag);
                told = true;
            }
            if (!poll()) {
                return; // begun anew, and the ends are those of before
            }
        } while (feed.nanos() - asked < interval.toNanos() && !ending.getAsBoolean());
        if (!told && ends.isPresent() && hasReached(ends.get())) {
            feed.renew(asked, maxLag);
        }
    }

    private Optional<Map<TopicPartition, Long>> ends() {
        try {
            return Optional.of(consumer.endOffsets(consumer.assignment(), interval));
        } catch (TimeoutException e) {
            LOG.debug("[{}] the broker does not say where the topic ends", topic, e);
            return Optional.empty();
        }
    }

    /** A topic that was made anew ends before what was read; one that has more partitions is told in parts only. */
    private boolean hasChanged(Map<TopicPartition, Long> ends) {
        for (Map.Entry<TopicPartition, Long> end : ends.entrySet()) {
            if (end.getValue() < expected.getOrDefault(end.getKey(), 0L)) {
                return true;
            }
        }
        try {
            return partitions().size() != expected.size();
        } catch (TimeoutException e) {
            return false; // unknown, and no reason to say anything: the next check asks again
        }
    }

    private boolean hasReached(Map<TopicPartition, Long> ends) {
        for (Map.Entry<TopicPartition, Long> end : ends.entrySet()) {
            if (consumer.position(end.getKey()) < end.getValue()) {
                return false;
            }
        }
        return true;
    }

    /** Returns false if records were missed and it has begun anew. */
    private boolean poll() {
        ConsumerRecords<byte[], byte[]> records;
        try {
            records = consumer.poll(interval);
        } catch (OffsetOutOfRangeException e) {
            beginAgain("records were removed before they were read");
            return false;
        }
        for (ConsumerRecord<byte[], byte[]> one : records) {
            tell(one);
        }
        return true;
    }

    private void tell(ConsumerRecord<byte[], byte[]> one) {
        TopicPartition partition = new TopicPartition(one.topic(), one.partition());
        Long due = expected.put(partition, one.offset() + 1);
        if (due != null && due != one.offset()) {
            lost("offset " + one.offset() + " of " + partition + " came where " + due + " was due");
        }
        heard.incrementAndGet();
        byte[] key = one.key();
        if (key != null) {
            tell(key, one);
        }
    }

    private void tell(byte[] key, ConsumerRecord<byte[], byte[]> one) {
        try {
            feed.invalidate(Key.ofBytes(key));
        } catch (IllegalKeyException e) {
            LOG.debug("[{}] offset {} of partition {} is not of this library", topic, one.offset(), one.partition(), e);
        }
    }

    private void beginAgain(String why) {
        lost(why);
        begin();
    }

    private void lost(String why) {
        LOG.warn("[{}] near caches are cleared: {}", topic, why);
        gaps.incrementAndGet();
        feed.lost();
    }

    private List<TopicPartition> partitions() {
        return consumer.partitionsFor(topic, BEGIN_TIMEOUT).stream()
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
    }
}
