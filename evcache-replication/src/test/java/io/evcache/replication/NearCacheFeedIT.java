package io.evcache.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.evcache.client.EvCache;
import io.evcache.client.EvCacheClient;
import io.evcache.client.EvCacheConfig;
import io.evcache.client.GetResult.Status;
import io.evcache.client.near.NearCacheOptions;
import io.evcache.core.value.Codec;
import io.evcache.replication.kafka.KafkaMutationPublisher;
import io.evcache.replication.kafka.KafkaNearCacheFeed;
import io.evcache.replication.publish.ReplicationInterceptor;
import io.evcache.testkit.EmbeddedZones;
import io.evcache.testkit.LocalKafka;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two instances of an application, each with a client of its own: one writes, once in a JVM of its own, and the other has a near cache and hears of it through a real broker. */
class NearCacheFeedIT {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration BOUND = KafkaNearCacheFeed.DEFAULT_MAX_LAG;

    /** One for all tests, each of which has a topic of its own. */
    private static LocalKafka kafka;

    private String topic;
    private EmbeddedZones zones;
    private KafkaMutationPublisher publisher;
    private EvCacheClient writer;
    private EvCacheClient reader;
    private KafkaNearCacheFeed feed;
    private EvCache<String> cache;

    @BeforeAll
    static void startBroker() {
        kafka = LocalKafka.fork();
    }

    @AfterAll
    static void closeBroker() {
        kafka.close();
    }

    @BeforeEach
    void start() {
        topic = "near-" + UUID.randomUUID();
        kafka.createTopic(topic, 3);
        zones = EmbeddedZones.start(1, "a", "b");
        publisher = KafkaMutationPublisher.connect(kafka.bootstrapServers(), topic);
        writer = EvCacheClient.builder(config())
                .interceptor(ReplicationInterceptor.to(publisher, "eu").replicatingDeletes())
                .connect();
        reader = EvCacheClient.connect(config());
        feed = KafkaNearCacheFeed.start(kafka.bootstrapServers(), topic, reader.nearCaches());
        cache = near(BOUND);
        awaitFed(cache);
    }

    @AfterEach
    void close() {
        feed.close();
        reader.close();
        writer.close();
        publisher.close();
        zones.close();
    }

    @Test
    void writesAndDeletesOfAnotherInstanceAreSeenAlthoughValuesWouldLiveForAnHour() {
        EvCache<String> lasting = near(HOUR);
        write("k", "1");
        awaitSeen(lasting, "k", "1");
        awaitKept(lasting, "k");

        write("k", "2");
        awaitSeen(lasting, "k", "2");
        awaitKept(lasting, "k");
        writer.cache("c").async().delete("k").settled().toFuture().join();
        await().atMost(PATIENCE).until(() -> lasting.get("k") == null);
    }

    /** However slow the machine: the bound is counted by the reader's clock, and a reader that was too slow to hear does not trust what it has. */
    @Test
    void noReadIsStaleForLongerThanTheBoundAfterTheWriteHadReachedTheTopic() {
        for (int round = 0; round < 3; round++) {
            write("k", "old" + round);
            long before = publisher.stats().acked();
            awaitKept(cache, "k");
            String written = "new" + round;
            write("k", written);
            await().atMost(PATIENCE).until(() -> publisher.stats().acked() > before);
            long published = System.nanoTime();

            long began;
            do {
                began = System.nanoTime();
                String seen = cache.get("k");
                if (began - published > BOUND.toNanos()) {
                    assertThat(seen).isEqualTo(written);
                }
            } while (began - published < BOUND.toNanos() + TimeUnit.MILLISECONDS.toNanos(200));
        }
    }

    @Test
    void whatAnotherJvmSetsAndDeletesIsSeenWithinTheBound(@TempDir Path directory) throws Exception {
        EvCache<String> lasting = near(HOUR);
        for (String key : List.of("changed", "gone")) {
            write(key, "old");
        }
        await().atMost(PATIENCE).until(() -> publisher.stats().acked() == 2);
        for (String key : List.of("changed", "gone")) {
            awaitKept(cache, key);
            awaitKept(lasting, key);
        }

        Map<String, String> settings =
                Map.of("zones", zones.connectString(), "brokers", kafka.bootstrapServers(), "topic", topic);
        try (ProgramProcess other = ProgramProcess.start(WritingJvm.class, directory, settings)) {
            assertThat(other.ready()).isEqualTo("published changed, gone");
            long published = System.nanoTime(); // or some time before: what is too old now was so already

            long began;
            do {
                began = System.nanoTime();
                List<String> seen = Arrays.asList(cache.get("changed"), cache.get("gone"));
                if (began - published > BOUND.toNanos()) {
                    assertThat(seen).doesNotContain("old");
                }
            } while (began - published < BOUND.toNanos() + TimeUnit.MILLISECONDS.toNanos(200));
        }
        awaitSeen(cache, "changed", "new");
        awaitSeen(lasting, "changed", "new");
        await().atMost(PATIENCE).until(() -> lasting.lookup("gone").status() == Status.MISS);
    }

    @Test
    void lostBrokerShortensLivesAndItsReturnBeginsANewAge() {
        write("k", "1");
        awaitSeen(cache, "k", "1");

        kafka.kill();
        await().atMost(PATIENCE).until(() -> !cache.nearStats().orElseThrow().fed());
        writer.cache("c").async().set("k", "2").settled().toFuture().join();
        awaitSeen(cache, "k", "2");
        long cleared = cache.nearStats().orElseThrow().cleared();
        kafka.restart();

        awaitFed(cache);
        assertThat(cache.nearStats().orElseThrow().cleared()).isGreaterThan(cleared);
        write("k", "3");
        awaitSeen(cache, "k", "3");
    }

    private EvCacheConfig config() {
        return EvCacheConfig.builder(zones.connectString())
                .readTimeout(Duration.ofSeconds(5))
                .writeTimeout(Duration.ofSeconds(5))
                .build();
    }

    private EvCache<String> near(Duration lifeWithoutFeed) {
        NearCacheOptions options =
                NearCacheOptions.ofSize(1_000).expireAfterWrite(lifeWithoutFeed).expireAfterWriteWithFeed(HOUR);
        return reader.cache("c", Codec.utf8(), o -> o.nearCache(options));
    }

    private void write(String key, String value) {
        assertThat(writer.cache("c")
                        .async()
                        .set(key, value)
                        .settled()
                        .toFuture()
                        .join()
                        .succeeded())
                .isPositive();
    }

    private static void awaitFed(EvCache<String> cache) {
        await().atMost(PATIENCE).until(() -> cache.nearStats().orElseThrow().fed());
    }

    private static void awaitSeen(EvCache<String> cache, String key, String value) {
        await().atMost(PATIENCE).until(() -> value.equals(cache.get(key)));
    }

    /** What is asked for while the write is still being heard of is not kept. */
    private static void awaitKept(EvCache<String> cache, String key) {
        await().atMost(PATIENCE).until(() -> {
            String unused = cache.get(key);
            return cache.lookup(key).attempts() == 0;
        });
    }
}
