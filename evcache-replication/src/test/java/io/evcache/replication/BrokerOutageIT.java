package io.evcache.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.evcache.client.EvCache;
import io.evcache.client.EvCacheClient;
import io.evcache.client.EvCacheConfig;
import io.evcache.replication.kafka.KafkaMutationPublisher;
import io.evcache.replication.publish.PublisherStats;
import io.evcache.replication.publish.ReplicationInterceptor;
import io.evcache.testkit.EmbeddedZones;
import io.evcache.testkit.LocalKafka;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a broker that is not there does to the application: nothing but counted drops. */
class BrokerOutageIT {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final int QUEUE = 500;

    @Test
    void withoutKafkaAtTheStartEverySetSucceedsDropsAreCountedAndPublishingBeginsWhenItAppears() {
        try (LocalKafka kafka = LocalKafka.start();
                EmbeddedZones zones = EmbeddedZones.start(1, "a", "b")) {
            kafka.createTopic("absent", 2);
            kafka.stop();
            try (KafkaMutationPublisher publisher = KafkaMutationPublisher.connect(
                            kafka.bootstrapServers(), "absent", Map.of(), QUEUE, 1 << 20);
                    EvCacheClient client = client(zones, publisher)) {
                EvCache<String> cache = client.cache("outage");

                for (int i = 0; i < 2 * QUEUE; i++) {
                    assertThat(cache.set("k" + i, "v", Duration.ofHours(1))).isTrue();
                }

                // A mutation follows its write's answer, so the last ones may still be on their way.
                await().atMost(PATIENCE)
                        .until(() -> publisher.stats().published()
                                        + publisher.stats().droppedFull()
                                == 2 * QUEUE);
                PublisherStats absent = publisher.stats();
                assertThat(absent.droppedFull()).isEqualTo(QUEUE);
                assertThat(absent.acked()).isZero();

                kafka.restart();

                await().atMost(PATIENCE).until(() -> publisher.stats().acked() == QUEUE);
                assertThat(kafka.endOffsets("absent").values().stream()
                                .mapToLong(Long::longValue)
                                .sum())
                        .isEqualTo(QUEUE);
                cache.set("later", "v", Duration.ofHours(1));
                await().atMost(PATIENCE).until(() -> publisher.stats().acked() == QUEUE + 1);
            }
        }
    }

    @Test
    void brokerThatIsKilledLaterStopsNoSetAndEveryMutationIsAccountedFor() {
        try (LocalKafka kafka = LocalKafka.fork();
                EmbeddedZones zones = EmbeddedZones.start(1, "a", "b")) {
            kafka.createTopic("killed", 2);
            try (KafkaMutationPublisher publisher = KafkaMutationPublisher.connect(
                            kafka.bootstrapServers(), "killed", Map.of(), QUEUE, 1 << 20);
                    EvCacheClient client = client(zones, publisher)) {
                EvCache<String> cache = client.cache("outage");
                cache.set("before", "v", Duration.ofHours(1));
                await().atMost(PATIENCE).until(() -> publisher.stats().acked() == 1);

                kafka.kill();
                for (int i = 0; i < 300; i++) {
                    assertThat(cache.set("k" + i, "v", Duration.ofHours(1))).isTrue();
                }
                assertThat(publisher.stats().acked()).isEqualTo(1);
                kafka.restart();

                await().atMost(PATIENCE).until(() -> publisher.stats().acked() == 301);
                PublisherStats stats = publisher.stats();
                assertThat(stats.lost()).isZero();
                assertThat(stats.pending()).isZero();
            }
        }
    }

    @Test
    void closeWithoutABrokerEndsInTimeAndCountsWhatIsLost() {
        try (EmbeddedZones zones = EmbeddedZones.start(1, "a")) {
            KafkaMutationPublisher publisher = KafkaMutationPublisher.connect("127.0.0.1:1", "nowhere");
            try (EvCacheClient client = client(zones, publisher)) {
                client.cache("outage").set("k", "v", Duration.ofHours(1));
                await().atMost(PATIENCE).until(() -> publisher.stats().published() == 1);

                publisher.close(Duration.ofMillis(100));
                client.cache("outage").set("k", "v", Duration.ofHours(1));

                await().atMost(PATIENCE).until(() -> publisher.stats().droppedClosed() == 1);
                assertThat(publisher.stats()).isEqualTo(new PublisherStats(1, 0, 1, 0, 1, 0));
            }
        }
    }

    private static EvCacheClient client(EmbeddedZones zones, KafkaMutationPublisher publisher) {
        EvCacheConfig config = EvCacheConfig.builder(zones.connectString())
                .region("eu")
                .readTimeout(Duration.ofSeconds(10))
                .writeTimeout(Duration.ofSeconds(10))
                .build();
        return EvCacheClient.builder(config)
                .interceptor(ReplicationInterceptor.to(publisher, config.region()))
                .connect();
    }
}
