package io.evcache.replication.kafka;

import io.evcache.core.time.Deadline;
import io.evcache.core.time.Ticker;
import io.evcache.replication.relay.MutationSource.Intake;
import io.evcache.replication.relay.SourceRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.NoOffsetForPartitionException;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The life of one Kafka consumer: what it is assigned, where it reads, and what it delivers. Confined to the source's thread, except where it says otherwise. */
final class ConsumerLoop implements ConsumerRebalanceListener {
    private static final Logger LOG = LoggerFactory.getLogger(ConsumerLoop.class);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration COMMIT_INTERVAL = Duration.ofSeconds(1);

    /** How long a rebalance waits for what is in flight. */
    private static final Duration REVOKE_WAIT = Duration.ofSeconds(2);

    private static final Duration LAG_INTERVAL = Duration.ofSeconds(2);

    /** What counting the backlog may cost while the broker does not answer. */
    private static final Duration LAG_TIMEOUT = Duration.ofMillis(500);

    private final String topic;
    private final Consumer<byte[], byte[]> consumer;
    private final Positions positions;
    private final Intake intake;
    private final Commits commits;
    private final AtomicLong lag;
    private final Ticker ticker;

    /** Assigned, position not known yet: the broker must be asked, and may not answer. */
    private final Set<TopicPartition> unplaced = new HashSet<>();

    /** Not read any further, by the gap policy. */
    private final Set<TopicPartition> stopped = new HashSet<>();

    private final Set<TopicPartition> placed = new HashSet<>();
    private Deadline nextCommit;
    private Deadline nextLag;

    /** Keeps {@code lag} at the number of records that are not read yet. */
    ConsumerLoop(
            String topic,
            Consumer<byte[], byte[]> consumer,
            Positions positions,
            Intake intake,
            AtomicLong lag,
            Ticker ticker) {
        this.topic = topic;
        this.consumer = consumer;
        this.positions = positions;
        this.intake = intake;
        this.commits = new Commits(topic, consumer, intake);
        this.lag = lag;
        this.ticker = ticker;
        this.nextCommit = Deadline.after(COMMIT_INTERVAL, ticker);
        this.nextLag = Deadline.after(LAG_INTERVAL, ticker);
    }

    /** Consumes until told to end, then gives everything back. */
    void run(BooleanSupplier ending) {
        begin();
        try {
            while (!ending.getAsBoolean()) {
                step();
            }
        } catch (WakeupException e) {
            LOG.debug("[{}] woken up", topic);
        } finally {
            release(new HashSet<>(placed), true);
            // The group is told by close, which calls back once more and then finds nothing to release.
        }
    }

    /** From any thread. */
    void wakeUp() {
        consumer.wakeup();
    }

    void begin() {
        consumer.subscribe(List.of(topic), this);
    }

    void step() {
        unplaced.removeIf(this::place);
        consumer.pause(pausedNow());
        consumer.resume(resumedNow());
        deliver(poll());
        if (nextCommit.isExpired()) {
            nextCommit = Deadline.after(COMMIT_INTERVAL, ticker);
            commits.commit(placed);
        }
        if (nextLag.isExpired()) {
            nextLag = Deadline.after(LAG_INTERVAL, ticker);
            measureLag();
        }
    }

    /** Returns whether the partition is placed now. */
    private boolean place(TopicPartition partition) {
        try {
            start(partition, positions.assigned(partition));
            return true;
        } catch (RetriableException e) {
            LOG.debug("[{}] position of {} is not known yet", topic, partition, e);
            return false;
        }
    }

    private void start(TopicPartition partition, Positions.Start start) {
        if (isReadOn(partition, start)) {
            placed.add(partition);
            intake.assigned(partition.partition(), start.position());
        }
    }

    private boolean isReadOn(TopicPartition partition, Positions.Start start) {
        if (start.stopped()) {
            intake.gap(partition.partition(), start.gap(), 0);
            LOG.error("[{}] records of {} are gone and the policy is to stop; it is not read", topic, partition);
            stopped.add(partition);
            return false;
        }
        if (start.gap() > 0) {
            intake.gap(partition.partition(), start.gap(), start.position());
        }
        consumer.seek(partition, start.position());
        return true;
    }

    private Set<TopicPartition> pausedNow() {
        if (!intake.wantsMore()) {
            return consumer.assignment();
        }
        Set<TopicPartition> paused = new HashSet<>(unplaced);
        paused.addAll(stopped);
        return paused;
    }

    private Set<TopicPartition> resumedNow() {
        Set<TopicPartition> resumed = new HashSet<>(intake.wantsMore() ? placed : Set.of());
        resumed.removeAll(stopped);
        return resumed;
    }

    private ConsumerRecords<byte[], byte[]> poll() {
        try {
            return consumer.poll(POLL);
        } catch (NoOffsetForPartitionException e) {
            // Thrown by the poll that assigns partitions of a new group, before they could be placed.
            LOG.debug("[{}] {} have no position yet", topic, e.partitions());
            return ConsumerRecords.empty();
        } catch (OffsetOutOfRangeException e) {
            e.offsetOutOfRangePartitions().forEach(this::outOfRange);
            return ConsumerRecords.empty();
        }
    }

    /**
     * Retention has overtaken the position. What was read before is still shipped: nobody can read it again. Only a topic that was made anew begins over. Without an
     * answer from the broker the next poll comes back here.
     */
    private void outOfRange(TopicPartition partition, long wanted) {
        try {
            Positions.Start start = positions.at(partition, wanted);
            if (start.position() >= wanted) {
                isReadOn(partition, start);
            } else {
                release(Set.of(partition), true);
                start(partition, start);
            }
        } catch (RetriableException e) {
            LOG.debug("[{}] position of {} is not known yet", topic, partition, e);
        }
    }

    private void deliver(ConsumerRecords<byte[], byte[]> polled) {
        if (polled.isEmpty()) {
            return;
        }
        List<SourceRecord> records = new ArrayList<>(polled.count());
        for (ConsumerRecord<byte[], byte[]> polledRecord : polled) {
            records.add(new SourceRecord(
                    polledRecord.partition(), polledRecord.offset(), polledRecord.key(), polledRecord.value()));
        }
        intake.records(records);
    }

    /** Asks the broker: what the consumer knows by itself is from the last fetch, and what is paused is not fetched. Without an answer the last figure stands. */
    private void measureLag() {
        if (placed.isEmpty()) {
            return;
        }
        try {
            long sum = 0;
            for (Map.Entry<TopicPartition, Long> end :
                    consumer.endOffsets(placed, LAG_TIMEOUT).entrySet()) {
                sum += Math.max(0, end.getValue() - consumer.position(end.getKey(), LAG_TIMEOUT));
            }
            lag.set(sum);
        } catch (RetriableException e) {
            LOG.debug("[{}] backlog is not known now", topic, e);
        }
    }

    /** Kafka calls this, and the next two, within poll and close. The new partitions are placed in the next step, where a failure can wait. */
    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
        unplaced.addAll(partitions);
        consumer.pause(partitions);
        if (consumer.assignment().isEmpty()) {
            lag.set(0); // others have all of it
        }
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
        release(partitions, true);
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
        release(partitions, false);
    }

    private void release(Collection<TopicPartition> partitions, boolean stillOurs) {
        unplaced.removeAll(partitions);
        stopped.removeAll(partitions);
        Set<TopicPartition> leaving = new HashSet<>(partitions);
        leaving.retainAll(placed);
        if (leaving.isEmpty()) {
            return;
        }
        Set<Integer> numbers = new TreeSet<>();
        leaving.forEach(partition -> numbers.add(partition.partition()));
        if (stillOurs) {
            intake.revoking(numbers, REVOKE_WAIT);
            commits.commitNow(leaving);
        }
        intake.revoked(numbers);
        placed.removeAll(leaving);
        commits.forget(leaving);
    }
}
