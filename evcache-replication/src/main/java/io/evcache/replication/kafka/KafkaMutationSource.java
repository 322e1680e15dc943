package io.evcache.replication.kafka;

import static java.util.Objects.requireNonNull;

import io.evcache.core.time.Ticker;
import io.evcache.replication.relay.MutationSource;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Mutations from a Kafka topic, through a durable consumer group of its own for each destination region.
 *
 * <p>Commits only what the relay says has ended, once a second and when partitions are taken away. A new group starts at the oldest record. Where committed records
 * are gone, {@link GapPolicy} decides, never Kafka's own reset. While the relay wants no more, partitions are paused and the group membership lives on.
 * Without a broker it waits and tries again, for ever.
 *
 * <p>One daemon thread, on which everything happens.
 */
public final class KafkaMutationSource implements MutationSource {
    private static final Logger LOG = LoggerFactory.getLogger(KafkaMutationSource.class);
    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final Duration LEAVE_TIMEOUT = Duration.ofSeconds(3);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

    private final String topic;
    private final GapPolicy policy;
    private final Supplier<Consumer<byte[], byte[]>> consumers;
    /** Of the last consumer that could tell, also while it is being replaced. */
    private final AtomicLong lag = new AtomicLong();

    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread thread;
    private volatile boolean closing;
    private volatile @Nullable Intake intake;
    private volatile @Nullable ConsumerLoop current;

    KafkaMutationSource(String topic, GapPolicy policy, Supplier<Consumer<byte[], byte[]>> consumers) {
        this.topic = requireNonNull(topic, "topic");
        this.policy = requireNonNull(policy, "policy");
        this.consumers = consumers;
        this.thread = new Thread(this::run, "evcache-relay-source");
        this.thread.setDaemon(true);
    }

    /**
     * Returns a source that begins when it is started.
     *
     * @param group the consumer group; one for each destination region, and the same for all relays to that region
     * @param properties of Kafka's consumer, such as {@code security.protocol}; they win over the defaults of this class, except that offsets are never committed
     *     automatically and never reset
     * @throws IllegalArgumentException if Kafka does not take the properties
     */
    public static KafkaMutationSource of(
            String bootstrapServers, String topic, String group, GapPolicy policy, Map<String, String> properties) {
        Map<String, Object> all = new HashMap<>();
        all.put(ConsumerConfig.CLIENT_ID_CONFIG, "evcache-relay");
        all.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, "2000");
        // Records are some 70 bytes: a megabyte is more than ten thousand.
        all.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, Integer.toString(4 << 20));
        all.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, Integer.toString(1 << 20));
        all.put(ConsumerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, "1000");
        all.putAll(properties);
        if (!"consumer".equalsIgnoreCase(properties.get(ConsumerConfig.GROUP_PROTOCOL_CONFIG))) {
            // A relay that was killed holds its partitions for so long. In the newer protocol it is the broker's to
            // say.
            all.putIfAbsent(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, "10000");
        }
        all.put(ConsumerConfig.GROUP_ID_CONFIG, group);
        return new KafkaMutationSource(topic, policy, Consumers.of(bootstrapServers, all));
    }

    @Override
    public void start(Intake newIntake) {
        intake = requireNonNull(newIntake, "newIntake");
        thread.start();
    }

    @Override
    public long lag() {
        return lag.get();
    }

    @Override
    public void close() {
        closing = true;
        ConsumerLoop now = current;
        if (now != null) {
            now.wakeUp();
        }
        LockSupport.unpark(thread);
        if (intake == null) {
            return; // never started
        }
        try {
            if (!ended.await(CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("[{}] source's thread does not end", topic);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            while (!closing) {
                consumeUntilFailure(requireNonNull(intake, "intake"));
            }
        } finally {
            lag.set(0); // nobody knows from now on
            ended.countDown();
        }
    }

    /** A consumer that fails for good, for want of rights or of an address, is replaced after a pause. */
    private void consumeUntilFailure(Intake to) {
        try {
            Consumer<byte[], byte[]> consumer = consumers.get();
            try {
                ConsumerLoop loop =
                        new ConsumerLoop(topic, consumer, new Positions(consumer, policy), to, lag, Ticker.system());
                current = loop;
                loop.run(() -> closing);
            } finally {
                current = null;
                consumer.close(CloseOptions.timeout(LEAVE_TIMEOUT));
            }
        } catch (KafkaException e) {
            LOG.warn("[{}] Kafka cannot be read, will try again: {}", topic, e.toString());
            pause();
        } catch (Throwable e) { // such as for want of memory; whatever it is, nobody else would read for this relay
            LOG.error("[{}] reading failed and goes on", topic, e);
            pause();
        }
    }

    private void pause() {
        Thread.interrupted(); // nobody has a reason to, and Kafka goes on to throw until it is forgotten
        if (!closing) {
            LockSupport.parkNanos(this, PAUSE_NANOS);
        }
    }

    @Override
    public String toString() {
        return "KafkaSource(" + topic + ")";
    }
}
