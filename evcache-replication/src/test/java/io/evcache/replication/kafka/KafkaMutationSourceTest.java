package io.evcache.replication.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.errors.InterruptException;
import org.junit.jupiter.api.Test;

class KafkaMutationSourceTest {

    /** It ended the thread, and the relay waited for records for ever. */
    @Test
    void readingGoesOnAfterAnError() {
        AtomicInteger attempts = new AtomicInteger();
        try (KafkaMutationSource source =
                new KafkaMutationSource("mutations", GapPolicy.EARLIEST, () -> refuse(attempts))) {
            source.start(new FullIntake());

            await().atMost(Duration.ofSeconds(30)).until(() -> attempts.get() >= 2);
        }
    }

    /** Kafka threw at each call from then on, and no pause was one: a processor was busy, and nothing was read any more. */
    @Test
    void interruptIsForgotten() throws InterruptedException {
        AtomicInteger attempts = new AtomicInteger();
        BlockingQueue<Boolean> interrupted = new LinkedBlockingQueue<>();
        Supplier<Consumer<byte[], byte[]>> interruptsAtFirst = () -> {
            if (attempts.incrementAndGet() == 1) {
                throw new InterruptException("for the test");
            }
            interrupted.add(Thread.currentThread().isInterrupted());
            return refuse(attempts);
        };
        try (KafkaMutationSource source = new KafkaMutationSource("mutations", GapPolicy.EARLIEST, interruptsAtFirst)) {
            source.start(new FullIntake());

            assertThat(interrupted.poll(30, TimeUnit.SECONDS)).isFalse();
        }
    }

    @Test
    void propertiesThatKafkaRefusesAreRefusedAtOnce() {
        Map<String, String> properties = Map.of("max.poll.records", "many");

        assertThatThrownBy(() -> KafkaMutationSource.of("127.0.0.1:1", "t", "group", GapPolicy.EARLIEST, properties))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("max.poll.records");
    }

    private static Consumer<byte[], byte[]> refuse(AtomicInteger attempts) {
        attempts.incrementAndGet();
        throw new OutOfMemoryError("for the test");
    }
}
