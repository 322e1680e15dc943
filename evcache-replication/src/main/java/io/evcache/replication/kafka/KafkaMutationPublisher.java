package io.evcache.replication.kafka;

import static java.util.Objects.requireNonNull;

import io.evcache.core.time.Deadline;
import io.evcache.core.time.Ticker;
import io.evcache.replication.mutation.Mutation;
import io.evcache.replication.mutation.MutationCodec;
import io.evcache.replication.publish.MutationPublisher;
import io.evcache.replication.publish.PublisherStats;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes mutations to a Kafka topic without ever holding up the application: they go into a queue bounded in records and bytes, and one daemon thread moves them
 * to Kafka's producer.
 *
 * <p>A full queue drops the newest and counts it. Without a broker at the start, or later, mutations wait in the producer's buffer and in the queue; those that the
 * producer has taken are given up, and counted as failed, after its {@code delivery.timeout.ms}. If the application dies, what is queued or in the producer's hands is lost: usually
 * some milliseconds of writes.
 *
 * <p>The topic must exist; see the replication guide for partitions and retention. For any thread.
 */
public final class KafkaMutationPublisher implements MutationPublisher, AutoCloseable {
    /** What the queue holds by default. */
    public static final int DEFAULT_RECORDS = 65_536;

    /** How many bytes the queue holds by default: 16 MiB. */
    public static final long DEFAULT_BYTES = 16L << 20;

    private static final Logger LOG = LoggerFactory.getLogger(KafkaMutationPublisher.class);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);
    private static final long IDLE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final String topic;
    private final Supplier<Producer<byte[], byte[]>> producers;
    private final MutationQueue queue;
    private final Thread thread;
    private final AtomicLong published = new AtomicLong();
    private final AtomicLong acked = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final AtomicLong droppedFull = new AtomicLong();
    private final AtomicLong droppedClosed = new AtomicLong();
    private final AtomicBoolean idle = new AtomicBoolean();
    private final AtomicBoolean unreachable = new AtomicBoolean();
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile @Nullable Deadline closing;

    KafkaMutationPublisher(String topic, Supplier<Producer<byte[], byte[]>> producers, MutationQueue queue) {
        this.topic = requireNonNull(topic, "topic");
        this.producers = producers;
        this.queue = queue;
        this.thread = new Thread(this::run, "evcache-publisher");
        this.thread.setDaemon(true);
        this.thread.start();
    }

    /** Publishes to the topic with the defaults. Does not wait for Kafka and does not fail without it. */
    public static KafkaMutationPublisher connect(String bootstrapServers, String topic) {
        return connect(bootstrapServers, topic, Map.of(), DEFAULT_RECORDS, DEFAULT_BYTES);
    }

    /**
     * Publishes to the topic.
     *
     * @param properties of Kafka's producer, such as {@code security.protocol} or {@code compression.type}; they win over the defaults of this class: idempotent,
     *     {@code acks=all}, {@code linger.ms=5}, {@code delivery.timeout.ms} a day, {@code max.block.ms=1000}, {@code buffer.memory} 16 MiB
     * @param maxRecords that may wait, 1 or more
     * @param maxBytes that may wait, 1 or more
     * @throws IllegalArgumentException if Kafka does not take the properties, or a limit is less than 1
     */
    public static KafkaMutationPublisher connect(
            String bootstrapServers, String topic, Map<String, String> properties, int maxRecords, long maxBytes) {
        requireNonNull(bootstrapServers, "bootstrapServers");
        return new KafkaMutationPublisher(
                topic, Producers.of(bootstrapServers, properties), new MutationQueue(maxRecords, maxBytes));
    }

    @Override
    public void publish(Mutation mutation) {
        if (closing != null) {
            droppedClosed.incrementAndGet();
        } else if (!queue.offer(mutation)) {
            droppedFull.incrementAndGet();
        } else {
            published.incrementAndGet();
            if (idle.get() && idle.compareAndSet(true, false)) {
                LockSupport.unpark(thread);
            }
            if (ended.getCount() == 0) {
                failRest(); // came in while the thread ended
            }
        }
    }

    @Override
    public PublisherStats stats() {
        // The ends before the beginning, so that what is pending is never below zero.
        long ackedNow = acked.get();
        long failedNow = failed.get();
        long publishedNow = published.get();
        return new PublisherStats(
                publishedNow,
                ackedNow,
                failedNow,
                droppedFull.get(),
                droppedClosed.get(),
                Math.max(0, publishedNow - ackedNow - failedNow));
    }

    /** Closes within 5 seconds. */
    @Override
    public void close() {
        close(CLOSE_TIMEOUT);
    }

    /** Takes no more, publishes what it can within the time, and counts the rest as failed. Repeating it does nothing. */
    public void close(Duration atMost) {
        synchronized (thread) {
            if (closing == null) {
                closing = Deadline.after(atMost, Ticker.system());
            }
        }
        LockSupport.unpark(thread);
        try {
            if (!ended.await(atMost.toMillis() + 1_000, TimeUnit.MILLISECONDS)) {
                LOG.warn("[{}] publisher's thread does not end", topic);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        Producer<byte[], byte[]> producer = null;
        try {
            while (!isFinished()) {
                Thread.interrupted(); // nobody has a reason to, and no pause is one until it is forgotten
                try {
                    producer = producer == null ? producers.get() : producer;
                    drain(producer);
                    if (queue.isEmpty()) {
                        rest();
                    }
                } catch (InterruptException e) {
                    LOG.warn("[{}] publisher interrupted, goes on", topic);
                } catch (KafkaException e) {
                    unreachable(e);
                    pause();
                } catch (Throwable e) { // such as for want of memory; whatever it is, mutations must not end with it
                    LOG.error("[{}] publishing failed and goes on", topic, e);
                    pause();
                }
            }
        } finally {
            end(producer);
        }
    }

    private boolean isFinished() {
        Deadline until = closing;
        return until != null && (until.isExpired() || queue.isEmpty());
    }

    /** Learns where the topic is first: nothing leaves the queue for a topic that was never seen. Once it was, what is sent to a broker that is away waits in the producer. */
    private void drain(Producer<byte[], byte[]> producer) {
        producer.partitionsFor(topic);
        if (unreachable.compareAndSet(true, false)) {
            LOG.info("[{}] Kafka is reachable", topic);
        }
        Mutation next = queue.peek();
        while (next != null && !isFinished()) {
            if (!send(producer, next)) {
                return;
            }
            queue.poll();
            next = queue.peek();
        }
    }

    /** Returns false if the mutation must wait because Kafka's own buffer is full. */
    private boolean send(Producer<byte[], byte[]> producer, Mutation mutation) {
        Sending sending = new Sending();
        producer.send(
                new ProducerRecord<>(topic, mutation.keyBytes(), MutationCodec.encode(mutation)),
                (metadata, failure) -> sending.answered(failure));
        return sending.handedOver();
    }

    /** Tells a record that the producer never took, which is answered within the call, from one that it gave up later. */
    private final class Sending {
        /** Guarded by this. */
        private boolean returned;
        /** Guarded by this. */
        private boolean refused;

        synchronized void answered(@Nullable Exception failure) {
            if (failure == null) {
                acked.incrementAndGet();
            } else if (!returned && failure instanceof TimeoutException) {
                refused = true;
            } else {
                LOG.debug("[{}] mutation not published", topic, failure);
                failed.incrementAndGet();
            }
        }

        synchronized boolean handedOver() {
            returned = true;
            return !refused;
        }
    }

    private void rest() {
        idle.set(true);
        if (queue.isEmpty() && closing == null) {
            LockSupport.parkNanos(this, IDLE_NANOS);
        }
        idle.set(false);
    }

    private void unreachable(KafkaException reason) {
        if (unreachable.compareAndSet(false, true)) {
            LOG.warn("[{}] Kafka is not reachable, mutations wait", topic, reason);
        }
    }

    private void pause() {
        if (closing == null) {
            LockSupport.parkNanos(this, PAUSE_NANOS);
        }
    }

    private void end(@Nullable Producer<byte[], byte[]> producer) {
        try {
            if (producer != null) {
                Deadline until = closing;
                long left = until == null ? 0 : Math.max(0, until.remainingNanos());
                producer.close(Duration.ofNanos(left));
            }
        } catch (KafkaException e) {
            LOG.warn("[{}] producer did not close: {}", topic, e.toString());
        } finally {
            ended.countDown();
            failRest();
        }
    }

    private void failRest() {
        while (queue.poll() != null) {
            failed.incrementAndGet();
        }
    }

    @Override
    public String toString() {
        return "KafkaPublisher(" + topic + ", " + stats() + ")";
    }
}
