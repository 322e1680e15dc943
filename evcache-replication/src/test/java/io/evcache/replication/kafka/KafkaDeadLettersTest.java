package io.evcache.replication.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.evcache.replication.relay.SourceRecord;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class KafkaDeadLettersTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final SourceRecord DEAD = new SourceRecord(3, 99, "k".getBytes(UTF_8), new byte[] {1, 2});

    private final MockProducer<byte[], byte[]> producer =
            new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer());

    @Test
    void letterIsTheOriginalRecordWithItsSourceAndReasonAndIsKeptOnceKafkaSaysSo() {
        try (KafkaDeadLetters letters = new KafkaDeadLetters("dead", "mutations", () -> producer, PATIENCE)) {
            CompletableFuture<Void> kept = letters.keep(DEAD, "no mutation");
            await().atMost(PATIENCE).until(() -> producer.history().size() == 1);
            assertThat(kept).isNotDone();

            producer.completeNext();

            assertThat(kept).succeedsWithin(PATIENCE);
            ProducerRecord<byte[], byte[]> sent = producer.history().get(0);
            assertThat(sent.topic()).isEqualTo("dead");
            assertThat(sent.key()).isEqualTo(DEAD.key());
            assertThat(sent.value()).isEqualTo(DEAD.value());
            assertThat(new String(sent.headers().lastHeader("evcache.source").value(), UTF_8))
                    .startsWith("mutations/");
            assertThat(new String(sent.headers().lastHeader("evcache.reason").value(), UTF_8))
                    .isEqualTo("no mutation");
        }
    }

    @Test
    void refusalByKafkaIsNotKept() {
        try (KafkaDeadLetters letters = new KafkaDeadLetters("dead", "mutations", () -> producer, PATIENCE)) {
            CompletableFuture<Void> kept = letters.keep(DEAD, "no mutation");
            await().atMost(PATIENCE).until(() -> producer.errorNext(new KafkaException("broken for the test")));

            assertThat(kept).failsWithin(PATIENCE);
        }
    }

    /** A record of others near Kafka's limit is over it with the headers of a letter; it was tried for ever, and held its partition. */
    @Test
    void recordThatIsTooLongForALetterIsKeptShortened() {
        SourceRecord longest = new SourceRecord(3, 99, "k".getBytes(UTF_8), new byte[1_048_450]);
        try (KafkaDeadLetters letters = new KafkaDeadLetters("dead", "mutations", () -> producer, PATIENCE)) {
            CompletableFuture<Void> kept = letters.keep(longest, "no mutation");
            await().atMost(PATIENCE).until(() -> producer.errorNext(new RecordTooLargeException("for the test")));
            await().atMost(PATIENCE).until(producer::completeNext);

            assertThat(kept).succeedsWithin(PATIENCE);
            ProducerRecord<byte[], byte[]> sent = producer.history().get(1);
            assertThat(sent.key()).isEqualTo(longest.key());
            assertThat(sent.value()).hasSize(4_096);
            assertThat(new String(sent.headers().lastHeader("evcache.shortened").value(), UTF_8))
                    .isEqualTo("key of 1 bytes, value of 1048450 bytes");
        }
    }

    /** The relay waited for an answer that never came. */
    @Test
    void errorIsNotKept() {
        try (KafkaDeadLetters letters = new KafkaDeadLetters(
                "dead",
                "mutations",
                () -> {
                    throw new OutOfMemoryError("for the test");
                },
                PATIENCE)) {
            CompletableFuture<Void> kept = letters.keep(DEAD, "no mutation");

            assertThat(kept).failsWithin(PATIENCE);
        }
    }

    /** With a full queue, or one that could not be emptied in time, the producer and its thread were left behind. */
    @Test
    void closeWithAFullQueueClosesTheProducer() {
        CountDownLatch reachable = new CountDownLatch(1);
        KafkaDeadLetters letters = new KafkaDeadLetters(
                "dead",
                "mutations",
                () -> {
                    awaitQuietly(reachable);
                    return producer;
                },
                Duration.ofMillis(50));
        CompletableFuture<Void> last = letters.keep(DEAD, "no mutation");
        while (!last.isCompletedExceptionally()) {
            last = letters.keep(DEAD, "no mutation");
        }

        letters.close();
        letters.close();

        await().atMost(PATIENCE).until(producer::closed);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
