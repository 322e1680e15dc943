package io.evcache.replication.kafka;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
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

    private static Consumer<byte[], byte[]> refuse(AtomicInteger attempts) {
        attempts.incrementAndGet();
        throw new OutOfMemoryError("for the test");
    }
}
