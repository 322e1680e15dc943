package io.evcache.replication.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.evcache.replication.relay.DeadLetters;
import io.evcache.replication.relay.SourceRecord;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps dead letters in a Kafka topic: the original key and value, and the headers {@code evcache.source} (topic, partition and offset) and {@code evcache.reason}.
 * Of a record that is too long for that topic, or for the producer, the first {@value #SHORTENED_BYTES} bytes of key and value are kept, with the header {@code evcache.shortened} that tells their full lengths.
 * The topic must exist; while it does not, dead letters are tried again and the relay cannot commit past them.
 *
 * <p>One daemon thread, and a queue of {@value #QUEUE} records behind it; more are refused, and tried again by the relay.
 */
public final class KafkaDeadLetters implements DeadLetters {
    private static final int QUEUE = 1_000;
    /** No mutation is longer: what is cut belongs to others, and can be found by its source. */
    private static final int SHORTENED_BYTES = 4_096;

    private static final Logger LOG = LoggerFactory.getLogger(KafkaDeadLetters.class);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    private final String topic;
    private final String sourceTopic;
    private final Supplier<Producer<byte[], byte[]>> producers;
    private final Duration closeTimeout;
    private final ThreadPoolExecutor thread;
    private final AtomicBoolean failing = new AtomicBoolean();
    /** Confined to the thread. */
    private @Nullable Producer<byte[], byte[]> producer;

    KafkaDeadLetters(
            String topic, String sourceTopic, Supplier<Producer<byte[], byte[]>> producers, Duration closeTimeout) {
        this.topic = requireNonNull(topic, "topic");
        this.sourceTopic = requireNonNull(sourceTopic, "sourceTopic");
        this.producers = producers;
        this.closeTimeout = closeTimeout;
        this.thread =
                new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(QUEUE), task -> {
                    Thread made = new Thread(task, "evcache-dead-letters");
                    made.setDaemon(true);
                    return made;
                }) {
                    @Override
                    protected void terminated() {
                        closeProducer();
                    }
                };
    }

    /**
     * Keeps dead letters of one topic in another. Does not wait for Kafka and does not fail without it.
     *
     * @param properties of Kafka's producer; they win over the defaults
     * @throws IllegalArgumentException if Kafka does not take the properties
     */
    public static KafkaDeadLetters to(
            String bootstrapServers, String topic, String sourceTopic, Map<String, String> properties) {
        return new KafkaDeadLetters(topic, sourceTopic, Producers.of(bootstrapServers, properties), CLOSE_TIMEOUT);
    }

    @Override
    public CompletableFuture<Void> keep(SourceRecord dead, String reason) {
        CompletableFuture<Void> kept = new CompletableFuture<>();
        ProducerRecord<byte[], byte[]> letter = letter(dead, reason, dead.key(), dead.value());
        enqueue(letter, failure -> {
            if (failure instanceof RecordTooLargeException) {
                enqueue(shortened(dead, reason), again -> end(dead, again, kept));
            } else {
                end(dead, failure, kept);
            }
        });
        return kept;
    }

    private ProducerRecord<byte[], byte[]> letter(
            SourceRecord dead, String reason, byte @Nullable [] key, byte @Nullable [] value) {
        ProducerRecord<byte[], byte[]> letter = new ProducerRecord<>(topic, key, value);
        letter.headers()
                .add("evcache.source", (sourceTopic + "/" + dead).getBytes(UTF_8))
                .add("evcache.reason", reason.getBytes(UTF_8));
        return letter;
    }

    private ProducerRecord<byte[], byte[]> shortened(SourceRecord dead, String reason) {
        ProducerRecord<byte[], byte[]> letter = letter(dead, reason, start(dead.key()), start(dead.value()));
        String lengths = "key of " + length(dead.key()) + " bytes, value of " + length(dead.value()) + " bytes";
        letter.headers().add("evcache.shortened", lengths.getBytes(UTF_8));
        return letter;
    }

    private static byte @Nullable [] start(byte @Nullable [] bytes) {
        return bytes == null || bytes.length <= SHORTENED_BYTES ? bytes : Arrays.copyOf(bytes, SHORTENED_BYTES);
    }

    private static int length(byte @Nullable [] bytes) {
        return bytes == null ? 0 : bytes.length;
    }

    /** Says once that letters are not kept, until one is. On the thread or on the producer's. */
    private void end(SourceRecord dead, @Nullable Throwable failure, CompletableFuture<Void> kept) {
        if (failure == null) {
            failing.set(false);
            kept.complete(null);
            return;
        }
        if (failing.compareAndSet(false, true)) {
            LOG.warn(
                    "[{}] dead letter of {}/{} is not kept, the relay will try again",
                    topic,
                    sourceTopic,
                    dead,
                    failure);
        }
        kept.completeExceptionally(failure);
    }

    private void enqueue(ProducerRecord<byte[], byte[]> letter, Consumer<@Nullable Throwable> ended) {
        try {
            thread.execute(() -> send(letter, ended));
        } catch (Throwable e) { // the queue is full, or there is no memory for a thread
            ended.accept(e);
        }
    }

    private void send(ProducerRecord<byte[], byte[]> letter, Consumer<@Nullable Throwable> ended) {
        try {
            Producer<byte[], byte[]> to = producer == null ? producers.get() : producer;
            producer = to;
            to.send(letter, (metadata, failure) -> ended.accept(failure));
        } catch (Throwable e) { // whatever it is, the relay waits to be told and tries again
            ended.accept(e);
        }
    }

    /** What is queued gets a moment; the rest is not kept, and so not committed by the relay. */
    @Override
    public void close() {
        thread.shutdown();
        try {
            if (!thread.awaitTermination(closeTimeout.toMillis(), TimeUnit.MILLISECONDS)) {
                thread.shutdownNow();
            }
        } catch (InterruptedException e) {
            thread.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }

    /** On the thread, as its last deed, so that no way of closing forgets the producer. */
    private void closeProducer() {
        if (producer != null) {
            producer.close(closeTimeout.dividedBy(2));
        }
    }
}
