package io.evcache.replication.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.evcache.core.key.Key;
import io.evcache.replication.mutation.Mutation;
import io.evcache.replication.mutation.Mutation.Operation;
import io.evcache.replication.mutation.MutationCodec;
import io.evcache.replication.publish.PublisherStats;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class KafkaMutationPublisherTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final MockProducer<byte[], byte[]> producer =
            new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer());
    private final AtomicBoolean reachable = new AtomicBoolean(true);

    @Test
    void recordsKeyIsTheCacheKeyAndItsValueTheMutation() throws Exception {
        try (KafkaMutationPublisher publisher = publisher(10, 1 << 20)) {
            publisher.publish(mutation("profiles:42"));
            await().atMost(PATIENCE).until(() -> producer.history().size() == 1);

            ProducerRecord<byte[], byte[]> sent = producer.history().get(0);

            assertThat(sent.topic()).isEqualTo("mutations");
            assertThat(MutationCodec.decode(sent.key(), sent.value())).isEqualTo(mutation("profiles:42"));
        }
    }

    @Test
    void everyMutationIsAckedFailedDroppedOrPending() {
        try (KafkaMutationPublisher publisher = publisher(10, 1 << 20)) {
            for (int i = 0; i < 3; i++) {
                publisher.publish(mutation("k" + i));
            }
            await().atMost(PATIENCE).until(() -> producer.history().size() == 3);
            assertThat(publisher.stats()).isEqualTo(new PublisherStats(3, 0, 0, 0, 0, 3));

            producer.completeNext();
            producer.errorNext(new KafkaException("broken for the test"));

            assertThat(publisher.stats()).isEqualTo(new PublisherStats(3, 1, 1, 0, 0, 1));
            producer.completeNext();
        }
    }

    @Test
    void fullQueueDropsTheNewestByRecords() {
        reachable.set(false);
        try (KafkaMutationPublisher publisher = publisher(5, 1 << 20)) {
            for (int i = 0; i < 8; i++) {
                publisher.publish(mutation("k" + i));
            }
            assertThat(publisher.stats()).isEqualTo(new PublisherStats(5, 0, 0, 3, 0, 5));

            reachable.set(true);

            await().atMost(PATIENCE).until(() -> producer.history().size() == 5);
            assertThat(producer.history())
                    .map(sent -> Key.ofBytes(sent.key()).toString())
                    .containsExactly("k0", "k1", "k2", "k3", "k4");
            producer.history().forEach(sent -> producer.completeNext());
        }
    }

    @Test
    void fullQueueDropsTheNewestByBytes() {
        reachable.set(false);
        try (KafkaMutationPublisher publisher = publisher(1_000, 1_000)) {
            for (int i = 0; i < 100; i++) {
                publisher.publish(mutation("k".repeat(200)));
            }

            assertThat(publisher.stats()).isEqualTo(new PublisherStats(3, 0, 0, 97, 0, 3));
            publisher.close(Duration.ofMillis(1));
        }
    }

    /** One ended the thread, and from then on everything was counted as failed. */
    @Test
    void publishingGoesOnAfterWhateverWasThrown() {
        AtomicInteger attempts = new AtomicInteger();
        AtomicBoolean interrupted = new AtomicBoolean();
        Supplier<Producer<byte[], byte[]>> failsAtFirst = () -> switch (attempts.incrementAndGet()) {
            case 1 -> throw new OutOfMemoryError("for the test");
            case 2 -> throw new IllegalStateException("for the test");
            case 3 -> throw new InterruptException("for the test");
            default -> {
                interrupted.set(Thread.currentThread().isInterrupted());
                yield producer;
            }
        };
        try (KafkaMutationPublisher publisher =
                new KafkaMutationPublisher("mutations", failsAtFirst, new MutationQueue(10, 1 << 20))) {
            publisher.publish(mutation("k"));

            await().atMost(PATIENCE).until(() -> producer.history().size() == 1);
            assertThat(interrupted).as("each pause would end at once").isFalse();
        }
    }

    @Test
    void closeSendsWhatIsQueuedAndCountsWhatComesLater() {
        KafkaMutationPublisher publisher = publisher(10, 1 << 20);
        publisher.publish(mutation("k"));

        publisher.close();
        publisher.close();
        publisher.publish(mutation("late"));

        assertThat(producer.history()).hasSize(1);
        assertThat(producer.closed()).isTrue();
        assertThat(publisher.stats().droppedClosed()).isEqualTo(1);
    }

    private KafkaMutationPublisher publisher(int records, long bytes) {
        return new KafkaMutationPublisher("mutations", this::connect, new MutationQueue(records, bytes));
    }

    private Producer<byte[], byte[]> connect() {
        if (!reachable.get()) {
            throw new KafkaException("not reachable, for the test");
        }
        return producer;
    }

    private static Mutation mutation(String key) {
        return new Mutation(Operation.SET, Key.of(key), 1, 0, 10, "eu", "a", List.of());
    }
}
