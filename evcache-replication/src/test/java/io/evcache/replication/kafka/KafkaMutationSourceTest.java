package io.evcache.replication.kafka;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.Consumer;
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
