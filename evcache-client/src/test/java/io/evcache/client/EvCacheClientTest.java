package io.evcache.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.evcache.client.GetResult.Status;
import io.evcache.client.pipeline.WriteLatch;
import io.evcache.client.pipeline.WritePolicy;
import io.evcache.client.pipeline.WriteResult;
import io.evcache.client.pipeline.ZoneOutcome;
import io.evcache.core.error.CodecFailure;
import io.evcache.core.error.EvCacheException;
import io.evcache.core.topology.Topology;
import io.evcache.core.topology.ZoneMode;
import io.evcache.core.value.Codec;
import io.evcache.testkit.EmbeddedMemcached;
import io.evcache.testkit.EmbeddedZones;
import io.evcache.testkit.EmbeddedZonesExtension;
import io.evcache.testkit.TestClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class EvCacheClientTest {
    private static final TestClock CLOCK = TestClock.create();

    @RegisterExtension
    static final EmbeddedZonesExtension servers = EmbeddedZonesExtension.of(
            EmbeddedZones.builder().zones(2, "a", "b", "c").clock(CLOCK));

    private final EmbeddedZones zones = servers.zones();
    private EvCacheClient client;
    private EvCache<String> cache;

    @BeforeEach
    void connect() {
        // generous, for busy machines; tests of deadlines use their own client
        client = EvCacheClient.connect(EvCacheConfig.builder(zones.connectString())
                .readTimeout(Duration.ofSeconds(10))
                .writeTimeout(Duration.ofSeconds(10))
                .writePolicy(WritePolicy.ALL)
                .build());
        cache = client.cache("test");
        awaitConnected(client);
    }

    @AfterEach
    void close() {
        client.close();
    }

    @Test
    void whatIsSetIsInEveryZoneUnderItsNamespace() {
        assertThat(cache.set("k", "v")).isTrue();

        assertThat(zones.zonesHolding("test:k")).containsExactly("a", "b", "c");
        assertThat(cache.get("k")).isEqualTo("v");
        assertThat(cache.lookup("k")).isEqualTo(new GetResult<>(Status.HIT, "v", "a", 1, null));
        assertThat(client.cache("other").get("k")).isNull();
        assertThat(client.cache("test").get("k")).isEqualTo("v");
    }

    @Test
    void missEverywhereIsAMissOfTheLastZone() {
        assertThat(cache.lookup("nothing")).isEqualTo(new GetResult<>(Status.MISS, null, "c", 3, null));
        assertThat(cache.get("nothing")).isNull();
    }

    @Test
    void missInTheLocalZoneIsAnsweredByTheNextAndFilledWithTheRemainingLife() {
        cache.set("k", "v", Duration.ofSeconds(100));
        zones.nodes("a").forEach(EmbeddedMemcached::flush);
        CLOCK.advance(Duration.ofSeconds(60));

        GetResult<String> result = cache.lookup("k");

        assertThat(result).isEqualTo(new GetResult<>(Status.HIT, "v", "b", 2, null));
        await().until(() -> zones.peek("a", "test:k").isPresent());
        assertThat(zones.peek("a", "test:k").flatMap(EmbeddedMemcached.Item::ttlLeft))
                .contains(Duration.ofSeconds(40));
        assertThat(cache.lookup("k").zone()).isEqualTo("a");
    }

    @Test
    void stoppedLocalZoneIsAnsweredByTheNextAtOnce() {
        cache.set("k", "v");
        zones.stopZone("a");

        GetResult<String> result = cache.lookup("k");

        assertThat(result.value()).isEqualTo("v");
        assertThat(result.zone()).isEqualTo("b");
        assertThat(result.attempts()).isEqualTo(2);
        assertThat(result.cause()).isNotNull();
    }

    @Test
    void hungLocalZoneIsAnsweredByTheNextWithinTheDeadline() {
        cache.set("k", "v");
        try (EvCacheClient impatient = EvCacheClient.connect(EvCacheConfig.builder(zones.connectString())
                .readTimeout(Duration.ofSeconds(2))
                .build())) {
            awaitConnected(impatient);
            zones.hangZone("a");

            GetResult<String> result = impatient.cache("test").lookup("k");

            assertThat(result.value()).isEqualTo("v");
            assertThat(result.zone()).isEqualTo("b");
            assertThat(result.cause()).isNotNull();
        }
    }

    @Test
    void cacheThatIsDownIsNullForGetAndFailedForLookup() {
        cache.set("k", "v");
        List.of("a", "b", "c").forEach(zones::stopZone);

        assertThat(cache.get("k")).isNull();
        GetResult<String> result = cache.lookup("k");
        assertThat(result.status()).isEqualTo(Status.FAILED);
        assertThat(result.attempts()).isEqualTo(3);
        assertThat(result.cause()).isInstanceOf(EvCacheException.class);
        assertThat(cache.getAll(List.of("k", "l"))).isEmpty();
        assertThat(cache.set("k", "v")).isFalse();
        assertThat(cache.add("k", "v")).isFalse();
        assertThat(cache.delete("k")).isFalse();
        assertThat(cache.touch("k", Duration.ofSeconds(1))).isFalse();
        assertThat(cache.async().get("k").join()).isNull();
        assertThat(cache.async().lookup("k").join().status()).isEqualTo(Status.FAILED);
        assertThat(cache.async().getAll(List.of("k")).join()).isEmpty();
    }

    @Test
    void nodesThatComeBackAreUsedAgain() {
        zones.stopZone("a");
        assertThat(cache.set("k", "v")).isFalse();

        zones.startZone("a");

        await().until(() -> cache.set("k", "v"));
        assertThat(cache.lookup("k").zone()).isEqualTo("a");
    }

    @Test
    void quorumOfThreeDoesNotWaitForAHungZone() {
        zones.hangZone("c");
        WriteLatch latch = cache.async().set("k", "v", Duration.ofMinutes(1), WritePolicy.QUORUM);

        WriteResult decided = latch.toCompletableFuture().join();

        assertThat(decided.isMet()).isTrue();
        assertThat(decided.zones(ZoneOutcome.Status.PENDING)).containsExactly("c");
        assertThat(latch.settled().isSettled()).isFalse();
        zones.resumeZone("c");
        assertThat(latch.settled().toFuture().join().zones(ZoneOutcome.Status.DONE))
                .containsExactly("a", "b", "c");
    }

    @Test
    void addStoresWhereNothingIsAndDeleteRemovesEverywhere() {
        assertThat(cache.add("k", "first")).isTrue();
        assertThat(cache.add("k", "second")).isFalse();
        assertThat(cache.get("k")).isEqualTo("first");

        assertThat(cache.delete("k")).isTrue();
        assertThat(cache.delete("k")).isTrue();
        assertThat(zones.zonesHolding("test:k")).isEmpty();
    }

    @Test
    void touchMovesTheEndOfLife() {
        cache.set("k", "v", Duration.ofSeconds(100));

        assertThat(cache.touch("k", Duration.ofSeconds(200))).isTrue();
        assertThat(cache.touch("nothing", Duration.ofSeconds(200))).isFalse();

        assertThat(ttlIn("b", "test:k")).isEqualTo(200);
    }

    @Test
    void timeToLiveIsAnHourUnlessSaidOtherwise() {
        cache.set("default", "v");
        client.cache("test", Codec.utf8(), o -> o.ttl(Duration.ofMinutes(5))).set("own", "v");
        client.cache("test", Codec.utf8(), CacheOptions::neverExpires).set("ever", "v");

        assertThat(ttlIn("a", "test:default")).isEqualTo(3_600);
        assertThat(ttlIn("a", "test:own")).isEqualTo(300);
        assertThat(zones.peek("a", "test:ever").orElseThrow().ttlLeft()).isEmpty();
    }

    @Test
    void timeToLiveOverThirtyDaysIsConvertedNotLost() {
        EmbeddedZones real = EmbeddedZones.start(1, "x"); // the moved clock is not the client's
        try (real;
                EvCacheClient other = EvCacheClient.connect(real.connectString())) {
            awaitConnected(other);
            other.cache("test").set("k", "v", Duration.ofDays(90));

            Duration left = real.peek("x", "test:k")
                    .flatMap(EmbeddedMemcached.Item::ttlLeft)
                    .orElseThrow();
            assertThat(left)
                    .isBetween(
                            Duration.ofDays(90).minusMinutes(5),
                            Duration.ofDays(90).plusSeconds(2));
        }
    }

    @Test
    void jitterShortensTheLifeByTheKeyAloneAndTheSameInAllZones() {
        EvCache<String> jittered = client.cache("test", Codec.utf8(), o -> o.ttlJitter(0.10));
        List<Long> ttls = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            jittered.set("k" + i, "v", Duration.ofSeconds(10_000));
            ttls.add(ttlIn("a", "test:k" + i));
            assertThat(ttlIn("c", "test:k" + i)).isEqualTo(ttls.get(i));
        }
        jittered.set("k0", "v", Duration.ofSeconds(10_000));

        assertThat(ttls).allSatisfy(ttl -> assertThat(ttl).isBetween(9_000L, 10_000L));
        assertThat(ttls.stream().distinct().count()).isGreaterThan(30);
        assertThat(ttlIn("a", "test:k0")).isEqualTo(ttls.get(0));
    }

    @Test
    void longKeyIsDigestedIfTheCacheSaysSo() {
        EvCache<String> digesting = client.cache("test", Codec.utf8(), CacheOptions::digestLongKeys);

        assertThat(digesting.set("k".repeat(1_000), "v")).isTrue();

        assertThat(digesting.get("k".repeat(1_000))).isEqualTo("v");
        assertThat(digesting.get("k".repeat(1_001))).isNull();
    }

    @Test
    void getAllReturnsHitsInTheOrderOfTheKeysEachKeyOnce() {
        cache.set("1", "one");
        cache.set("3", "three");

        assertThat(cache.getAll(List.of("3", "2", "1", "3")))
                .containsExactly(Map.entry("3", "three"), Map.entry("1", "one"));
        assertThat(cache.getAll(List.of())).isEmpty();
        assertThat(cache.async().getAll(List.of("3", "2", "1", "3")).join())
                .containsExactly(Map.entry("3", "three"), Map.entry("1", "one"));
    }

    @Test
    void getAllFindsEveryKeyWithANodeOrAZoneDown() {
        List<String> keys = IntStream.range(0, 200).mapToObj(i -> "k" + i).toList();
        keys.forEach(key -> cache.async().set(key, key).toCompletableFuture().join());

        zones.node("a", 0).stop();
        assertThat(cache.getAll(keys)).hasSize(200);
        zones.stopZone("a");
        assertThat(cache.getAll(keys)).hasSize(200);
        assertThat(cache.async().getAll(keys).join()).hasSize(200);
    }

    @Test
    void getAllOfAHungClusterIsPartialAtTheDeadline() {
        List<String> keys = IntStream.range(0, 100).mapToObj(i -> "k" + i).toList();
        keys.forEach(key -> cache.set(key, key));
        try (EvCacheClient impatient = EvCacheClient.connect(EvCacheConfig.builder(zones.connectString())
                .readTimeout(Duration.ofMillis(500))
                .build())) {
            awaitConnected(impatient);
            for (String zone : zones.zoneNames()) {
                zones.node(zone, 0).hang();
            }
            long start = System.nanoTime();

            Map<String, String> hits = impatient.cache("test").getAll(keys);

            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
            assertThat(hits.size()).isBetween(1, 99);
            assertThat(hits).allSatisfy((key, value) -> assertThat(value).isEqualTo(key));
        }
    }

    @Test
    void valueThatTheCodecCannotReadIsFailedWithItsCauseAndNullForGet() {
        client.cache("test", Codec.bytes()).set("k", new byte[] {1});

        GetResult<Long> result = client.cache("test", Codec.int64()).lookup("k");

        assertThat(result.status()).isEqualTo(Status.FAILED);
        assertThat(result.zone()).isEqualTo("a");
        assertThat(result.cause()).isInstanceOf(CodecFailure.class);
        assertThat(client.cache("test", Codec.int64()).get("k")).isNull();
        assertThat(client.cache("test", Codec.int64()).getAll(List.of("k"))).isEmpty();
        assertThat(client.cache("test", Codec.int64())
                        .async()
                        .lookup("k")
                        .join()
                        .status())
                .isEqualTo(Status.FAILED);
    }

    @Test
    void interruptedCallerGetsNullAndKeepsItsFlag() {
        zones.hangZone("a");

        Thread.currentThread().interrupt();
        String value = cache.get("k");
        boolean flagAfterGet = Thread.currentThread().isInterrupted();
        GetResult<String> result = cache.lookup("k");
        boolean flagAfterLookup = Thread.interrupted();

        assertThat(value).isNull();
        assertThat(flagAfterGet).isTrue();
        assertThat(result.status()).isEqualTo(Status.FAILED);
        assertThat(flagAfterLookup).isTrue();
    }

    @Test
    void writeOnlyZoneIsWrittenAndNeverRead() {
        Topology all = Topology.parse(zones.connectString());
        EvCacheConfig.Builder config = EvCacheConfig.builder().readTimeout(Duration.ofSeconds(10));
        all.zones()
                .forEach(zone -> config.zone(
                        zone.name(),
                        z -> z.nodes(zone.nodes())
                                .mode(zone.name().equals("c") ? ZoneMode.WRITE_ONLY : ZoneMode.READ_WRITE)));
        try (EvCacheClient filling = EvCacheClient.connect(config.build())) {
            awaitConnected(filling);
            EvCache<String> other = filling.cache("test");

            WriteResult result =
                    other.async().set("k", "v").settled().toFuture().join();
            assertThat(result.zones(ZoneOutcome.Status.DONE)).containsExactly("a", "b", "c");
            assertThat(result.succeeded()).isEqualTo(2);
            zones.nodes("a").forEach(EmbeddedMemcached::flush);
            zones.nodes("b").forEach(EmbeddedMemcached::flush);

            assertThat(other.lookup("k")).isEqualTo(new GetResult<>(Status.MISS, null, "b", 2, null));
        }
    }

    @Test
    void tableNamesEveryZoneAndNode() {
        assertThat(client.toString())
                .contains(
                        "EvCacheClient evcache (region default)", "a READ_WRITE local", "b READ_WRITE", " connected, ")
                .contains(zones.node("c", 1).address());
    }

    private long ttlIn(String zone, String key) {
        return zones.peek(zone, key)
                .flatMap(EmbeddedMemcached.Item::ttlLeft)
                .orElseThrow()
                .toSeconds();
    }

    /** On a busy machine a first connect may take longer than the client waits for it. */
    static void awaitConnected(EvCacheClient client) {
        await().atMost(Duration.ofSeconds(60)).until(() -> !client.toString().contains("not connected"));
    }
}
