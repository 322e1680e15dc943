package io.evcache.client.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.evcache.client.EvCache;
import io.evcache.client.EvCacheClient;
import io.evcache.client.EvCacheConfig;
import io.evcache.client.load.CacheAside;
import io.evcache.client.near.NearCacheOptions;
import io.evcache.core.value.Codec;
import io.evcache.testkit.EmbeddedZonesExtension;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class WatchedCachesTest {
    @RegisterExtension
    static final EmbeddedZonesExtension servers = EmbeddedZonesExtension.of(1, "a");

    private static final NearCacheOptions NEAR = NearCacheOptions.ofSize(100).expireAfterWrite(Duration.ofHours(1));

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private EvCacheClient client;
    private MicrometerMetrics metrics;

    @BeforeEach
    void connect() {
        servers.zones().flush();
        client = EvCacheClient.connect(EvCacheConfig.builder()
                .zone("a", servers.zones().node("a", 0).address())
                .readTimeout(Duration.ofSeconds(10))
                .writeTimeout(Duration.ofSeconds(10))
                .build());
        metrics = MicrometerMetrics.bind(client, registry);
    }

    @AfterEach
    void close() {
        client.close();
    }

    @Test
    void nearCacheShowsItsHitsMissesAndSize() {
        EvCache<String> near = near();
        metrics.watch(near);
        put(near, "k");

        near.get("k");
        near.get("k");
        near.get("k");

        assertThat(count("evcache.near", "miss")).isEqualTo(1);
        assertThat(count("evcache.near", "hit")).isEqualTo(2);
        assertThat(gauge("evcache.near.size")).isEqualTo(1);
    }

    @Test
    void viewsOfOneCacheAreAddedUpAndEachCountsOnce() {
        EvCache<String> one = near();
        EvCache<String> other = near();
        metrics.watch(one).watch(other).watch(one);

        one.get("absent");
        other.get("absent");

        assertThat(count("evcache.near", "miss")).isEqualTo(2);
    }

    @Test
    void cacheWithoutNearCacheHasNoneOfItsMeters() {
        metrics.watch(client.cache("profiles"));

        assertThat(registry.find("evcache.near").meters()).isEmpty();
        assertThat(registry.find("evcache.near.size").meters()).isEmpty();
        assertThat(gauge("evcache.hot.share")).isZero();
    }

    @Test
    void hottestKeyShowsItsShareAndNotItsName() {
        EvCache<String> hot = client.cache(
                "profiles", Codec.utf8(), options -> options.nearCache(NEAR).hotKeys(3));
        metrics.watch(hot);
        put(hot, "secret");

        for (int i = 0; i < 20_000; i++) {
            hot.get("secret");
        }

        assertThat(gauge("evcache.hot.share")).isEqualTo(1);
        assertThat(registry.getMeters())
                .allSatisfy(meter -> assertThat(meter.getId().getTags())
                        .extracting(Tag::getValue)
                        .noneMatch(value -> value.contains("secret")));
    }

    @Test
    void loadsAreCountedByWhatTheSourceSaid() {
        try (CacheAside<String, String> aside = CacheAside.over(client.cache("profiles"), (String key) -> key)
                .loader(key -> {
                    throw new IllegalStateException("source is down");
                })
                .bulkLoader(keys -> Map.of("there", "v", "there-too", "v"))
                .build()) {
            metrics.watch(aside);

            assertThat(aside.getAll(List.of("there", "there-too", "gone"))).hasSize(2);
            assertThatThrownBy(() -> aside.get("failing")).hasMessageContaining("source is down");

            assertThat(count("evcache.load", "success")).isEqualTo(2);
            assertThat(count("evcache.load", "absent")).isEqualTo(1);
            assertThat(count("evcache.load", "failure")).isEqualTo(1);
        }
    }

    @Test
    void loadsThatRunAndThatWaitAreShown() {
        CompletableFuture<String> source = new CompletableFuture<>();
        try (CacheAside<String, String> aside = CacheAside.over(client.cache("profiles"), (String key) -> key)
                .loader(key -> source.join())
                .maxConcurrentLoads(1)
                .loadTimeout(Duration.ofMinutes(1))
                .build()) {
            metrics.watch(aside);

            CompletableFuture<String> running = aside.async().get("one").toCompletableFuture();
            await().untilAsserted(
                            () -> assertThat(gauge("evcache.load.inflight")).isEqualTo(1));
            CompletableFuture<String> waiting = aside.async().get("two").toCompletableFuture();
            await().untilAsserted(
                            () -> assertThat(gauge("evcache.load.waiting")).isEqualTo(1));
            source.complete("v");
            CompletableFuture.allOf(running, waiting).join();

            await().untilAsserted(
                            () -> assertThat(gauge("evcache.load.inflight")).isZero());
            assertThat(gauge("evcache.load.waiting")).isZero();
        }
    }

    @Test
    void closedMetricsShowNothingThatWasOrIsWatched() {
        EvCache<String> near = near();
        try (CacheAside<String, String> aside =
                CacheAside.over(near, (String key) -> key).loader(key -> "v").build()) {
            metrics.watch(near).watch(aside);

            metrics.close();
            metrics.watch(near()).watch(client.cache("late")).watch(aside);

            assertThat(registry.getMeters()).isEmpty();
        }
    }

    private EvCache<String> near() {
        return client.cache("profiles", Codec.utf8(), options -> options.nearCache(NEAR));
    }

    /** Returns once the write has settled: until then nothing is kept for the key. */
    private static void put(EvCache<String> cache, String key) {
        assertThat(cache.async().set(key, "v").settled().toFuture().join().isMet())
                .isTrue();
    }

    private double count(String meter, String result) {
        return registry.get(meter)
                .tags("cache", "profiles", "result", result)
                .functionCounter()
                .count();
    }

    private double gauge(String meter) {
        return registry.get(meter).tags("cache", "profiles").gauge().value();
    }
}
