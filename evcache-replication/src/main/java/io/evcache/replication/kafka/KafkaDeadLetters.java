package io.evcache.replication.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.evcache.replication.relay.DeadLetters;
import io.evcache.replication.relay.SourceRecord;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Keeps dead letters in a Kafka topic: the original key and value, and the headers {@code evcache.source} (topic, partition and offset) and {@code evcache.reason}.
 * The topic must exist; while it does not, dead letters are tried again and the relay cannot commit past them.
 *
 * <p>One daemon thread, and a queue of {@value #QUEUE} records behind it; more are refused, and tried again by the relay.
 */
public final class KafkaDeadLetters implements DeadLetters {
    private static final int QUEUE = 1_000;
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    private final String topic;
    private final String sourceTopic;
    private final Supplier<Producer<byte[], byte[]>> producers;
    private final Duration closeTimeout;
    private final ThreadPoolExecutor thread;
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
     */
    public static KafkaDeadLetters to(
            String bootstrapServers, String topic, String sourceTopic, Map<String, String> properties) {
        Map<String, String> copy = Map.copyOf(properties);
        return new KafkaDeadLetters(topic, sourceTopic, () -> Producers.create(bootstrapServers, copy), CLOSE_TIMEOUT);
    }

    @Override
    public CompletableFuture<Void> keep(SourceRecord dead, String reason) {
        CompletableFuture<Void> kept = new CompletableFuture<>();
        try {
            thread.execute(() -> send(dead, reason, kept));
        } catch (Throwable e) { // the queue is full, or there is no memory for a thread
            kept.completeExceptionally(e);
        }
        return kept;
    }

    private void send(SourceRecord dead, String reason, CompletableFuture<Void> kept) {
        try {
            Producer<byte[], byte[]> to = producer == null ? producers.get() : producer;
            producer = to;
            ProducerRecord<byte[], byte[]> letter = new ProducerRecord<>(topic, dead.key(), dead.value());
            letter.headers()
                    .add("evcache.source", (sourceTopic + "/" + dead).getBytes(UTF_8))
                    .add("evcache.reason", reason.getBytes(UTF_8));
            to.send(letter, (metadata, failure) -> {
                if (failure == null) {
                    kept.complete(null);
                } else {
                    kept.completeExceptionally(failure);
                }
            });
        } catch (Throwable e) { // whatever it is, the relay waits to be told and tries again
            kept.completeExceptionally(e);
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
