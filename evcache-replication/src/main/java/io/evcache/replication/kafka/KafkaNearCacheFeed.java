package io.evcache.replication.kafka;

import static java.util.Objects.requireNonNull;

import io.evcache.client.near.NearCacheOptions;
import io.evcache.client.near.NearCaches;
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
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the near caches of a client what the other instances of its region write, from the topic that replication publishes to:
 *
 * <pre>{@code
 * KafkaNearCacheFeed feed = KafkaNearCacheFeed.start("kafka:9092", "evcache-mutations", client.nearCaches());
 * }</pre>
 *
 * <p><b>The bound.</b> A write that has reached the topic is seen after at most {@code maxLag} or {@link NearCacheOptions#expireAfterWrite}, whichever is longer; usually within some milliseconds. It holds whatever happens to the
 * broker, the network and this process, for it is counted by this process's clock from the last time that everything in the topic was told; only partitions that are added to the topic can be up to 5 seconds late. A
 * record that is missing, a broker that does not answer in time and a backlog that is not read in time clear the near caches, and values live for {@code expireAfterWrite} until all is told again.
 *
 * <p><b>What it cannot tell:</b> writes that are not published. Those are, unless they are switched on, DELETE and TOUCH, and ADD, REPLACE, APPEND, PREPEND and counters ({@code replicatingOutcomes}); caches that are excluded; programs without the interceptor; mutations that a publisher lost with its process; and
 * <em>writes that arrived from another region</em>, which an agent applies without publishing. They are seen after {@link NearCacheOptions#expireAfterWriteWithFeed}.
 *
 * <p>Reads from the end of the topic, as no member of any group, and commits nothing. Without a broker it tries again, for ever. One daemon thread.
 */
public final class KafkaNearCacheFeed implements AutoCloseable {
    /** What {@code maxLag} is unless said: 2 seconds. */
    public static final Duration DEFAULT_MAX_LAG = Duration.ofSeconds(2);

    private static final Logger LOG = LoggerFactory.getLogger(KafkaNearCacheFeed.class);
    private static final Duration SHORTEST_LAG = Duration.ofMillis(200);
    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    private final String topic;
    private final Duration maxLag;
    private final Supplier<Consumer<byte[], byte[]>> consumers;
    private final NearCaches.Feed feed;
    private final AtomicLong heard = new AtomicLong();
    private final AtomicLong gaps = new AtomicLong();
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread thread;
    private volatile boolean closing;
    private volatile @Nullable Consumer<byte[], byte[]> current;

    private KafkaNearCacheFeed(
            String topic, Duration maxLag, NearCaches caches, Supplier<Consumer<byte[], byte[]>> consumers) {
        this.topic = topic;
        this.maxLag = maxLag;
        this.consumers = consumers;
        this.feed = caches.openFeed();
        this.thread = new Thread(this::run, "evcache-near-feed");
        this.thread.setDaemon(true);
    }

    /** Starts with the defaults. Does not wait for Kafka and does not fail without it. */
    public static KafkaNearCacheFeed start(String bootstrapServers, String topic, NearCaches caches) {
        return start(bootstrapServers, topic, caches, DEFAULT_MAX_LAG, Map.of());
    }

    /**
     * Starts.
     *
     * @param caches of the client, {@code client.nearCaches()}
     * @param maxLag how far behind the topic near caches may be, at least 200 ms; the broker is asked four times in it where the topic ends
     * @param properties of Kafka's consumer, such as {@code security.protocol}; a group, commits and resets are never taken from them
     * @throws IllegalArgumentException if {@code maxLag} is too short, or Kafka does not take the properties
     */
    public static KafkaNearCacheFeed start(
            String bootstrapServers, String topic, NearCaches caches, Duration maxLag, Map<String, String> properties) {
        requireNonNull(topic, "topic");
        requireNonNull(caches, "caches");
        if (maxLag.compareTo(SHORTEST_LAG) < 0) {
            throw new IllegalArgumentException("maxLag must be at least 200 ms, was " + maxLag);
        }
        Map<String, Object> all = new HashMap<>();
        all.put(ConsumerConfig.CLIENT_ID_CONFIG, "evcache-near-feed");
        all.put(ConsumerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, "1000");
        // How late partitions that were added are found.
        all.put(ConsumerConfig.METADATA_MAX_AGE_CONFIG, "5000");
        all.putAll(properties);
        all.remove(ConsumerConfig.GROUP_ID_CONFIG);
        return start(topic, caches, maxLag, Consumers.of(requireNonNull(bootstrapServers, "bootstrapServers"), all));
    }

    static KafkaNearCacheFeed start(
            String topic, NearCaches caches, Duration maxLag, Supplier<Consumer<byte[], byte[]>> consumers) {
        KafkaNearCacheFeed started = new KafkaNearCacheFeed(topic, maxLag, caches, consumers);
        started.thread.start();
        return started;
    }

    /** Returns how many mutations were told. */
    public long heard() {
        return heard.get();
    }

    /** Returns how often something was missing, so that the near caches were cleared. */
    public long gaps() {
        return gaps.get();
    }

    /** Tells nothing any more; near caches go on as without a feed. Waits for the thread, at most 5 seconds. Idempotent. */
    @Override
    public void close() {
        closing = true;
        Consumer<byte[], byte[]> now = current;
        if (now != null) {
            now.wakeup();
        }
        LockSupport.unpark(thread);
        try {
            if (!ended.await(CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("[{}] the thread of the near caches' feed does not end", topic);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            while (!closing) {
                readUntilFailure();
            }
        } finally {
            feed.close();
            ended.countDown();
        }
    }

    /** A consumer that fails, for want of rights or of the topic, is replaced after a pause. */
    private void readUntilFailure() {
        try {
            Consumer<byte[], byte[]> consumer = consumers.get();
            current = consumer;
            try {
                new FeedLoop(topic, consumer, feed, maxLag, heard, gaps).run(() -> closing);
            } finally {
                current = null;
                consumer.close(CloseOptions.timeout(Duration.ZERO));
            }
        } catch (WakeupException e) {
            LOG.debug("[{}] woken up", topic);
        } catch (KafkaException e) {
            LOG.warn("[{}] near caches hear nothing, trying again: {}", topic, e.toString());
            lost();
        } catch (Throwable e) { // also an error: with this thread near caches would hear nothing for ever
            LOG.error("[{}] near caches hear nothing, trying again", topic, e);
            lost();
        }
    }

    private void lost() {
        feed.lost();
        Thread.interrupted(); // nobody has a reason to, and Kafka goes on to throw until it is forgotten
        if (!closing) {
            LockSupport.parkNanos(this, PAUSE_NANOS);
        }
    }

    @Override
    public String toString() {
        return "KafkaNearCacheFeed(" + topic + ", at most " + maxLag + " behind)";
    }
}
