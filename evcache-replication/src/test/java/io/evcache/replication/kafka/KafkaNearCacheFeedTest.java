package io.evcache.replication.kafka;

import static org.awaitility.Awaitility.await;

import io.evcache.client.near.NearCaches;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.errors.InterruptException;
import org.junit.jupiter.api.Test;

class KafkaNearCacheFeedTest {

    /** Only what Kafka throws was survived; after anything else near caches heard nothing for ever. */
    @Test
    void feedGoesOnAfterWhateverWasThrown() {
        AtomicInteger attempts = new AtomicInteger();
        KafkaNearCacheFeed feed = KafkaNearCacheFeed.start(
                "mutations", new NearCaches(System::nanoTime), Duration.ofSeconds(2), () -> refuse(attempts));

        await().atMost(Duration.ofSeconds(30)).until(() -> attempts.get() >= 4);
        feed.close();
    }

    private static Consumer<byte[], byte[]> refuse(AtomicInteger attempts) {
        switch (attempts.incrementAndGet()) {
            case 1 -> throw new OutOfMemoryError("for the test");
            case 2 -> throw new IllegalStateException("for the test");
            default -> throw new InterruptException("for the test");
        }
    }
}
