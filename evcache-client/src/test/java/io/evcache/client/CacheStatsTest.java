package io.evcache.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.evcache.testkit.EmbeddedZonesExtension;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class CacheStatsTest {
    @RegisterExtension
    static final EmbeddedZonesExtension servers = EmbeddedZonesExtension.of(1, "a");

    @Test
    void ratesAndAveragesFollowFromTheCounts() {
        CacheStats stats = new CacheStats(6, 2, 2, 1, 3, 1, 0, 1, 1_000, 500);

        assertThat(stats.reads()).isEqualTo(10);
        assertThat(stats.writes()).isEqualTo(5);
        assertThat(stats.hitRate()).isEqualTo(0.75);
        assertThat(stats.failureRate()).isEqualTo(0.2);
        assertThat(stats.averageRead()).isEqualTo(Duration.ofNanos(100));
        assertThat(stats.averageWrite()).isEqualTo(Duration.ofNanos(100));
    }

    @Test
    void nothingAskedIsNoMissAndNoFailure() {
        assertThat(CacheStats.EMPTY.hitRate()).isEqualTo(1);
        assertThat(CacheStats.EMPTY.failureRate()).isZero();
        assertThat(CacheStats.EMPTY.averageRead()).isZero();
        assertThat(CacheStats.EMPTY.averageWrite()).isZero();
    }

    @Test
    void statsCanBeAddedAndSubtracted() {
        CacheStats earlier = new CacheStats(1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
        CacheStats later = new CacheStats(11, 12, 13, 14, 15, 16, 17, 18, 19, 20);

        assertThat(later.minus(earlier)).isEqualTo(new CacheStats(10, 10, 10, 10, 10, 10, 10, 10, 10, 10));
        assertThat(later.minus(earlier).plus(earlier)).isEqualTo(later);
        assertThat(earlier.minus(later)).isEqualTo(CacheStats.EMPTY);
    }

    @Test
    void cachesAreCountedApartAndTogether() {
        try (EvCacheClient client =
                EvCacheClient.builder(config()).recordStats().connect()) {
            EvCacheClientTest.awaitConnected(client);
            client.cache("one").set("k", "v");
            client.cache("one").get("k");
            client.cache("two").get("k");

            assertThat(client.stats("one").hits()).isEqualTo(1);
            assertThat(client.stats("one").puts()).isEqualTo(1);
            assertThat(client.stats("two").misses()).isEqualTo(1);
            assertThat(client.stats("three")).isEqualTo(CacheStats.EMPTY);
            assertThat(client.stats().reads()).isEqualTo(2);
            assertThat(client.stats().averageRead()).isPositive();
        }
    }

    @Test
    void nothingIsCountedUnlessAsked() {
        try (EvCacheClient client = EvCacheClient.connect(config())) {
            client.cache("one").get("k");

            assertThat(client.stats()).isEqualTo(CacheStats.EMPTY);
            assertThat(client.stats("one")).isEqualTo(CacheStats.EMPTY);
        }
    }

    private static EvCacheConfig config() {
        return EvCacheConfig.builder(servers.connectString())
                .readTimeout(Duration.ofSeconds(10))
                .writeTimeout(Duration.ofSeconds(10))
                .build();
    }
}
