package io.evcache.spymemcached;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evcache.client.EvCache;
import io.evcache.client.EvCacheClient;
import io.evcache.client.EvCacheConfig;
import io.evcache.client.GetResult.Status;
import io.evcache.client.load.CacheAside;
import io.evcache.client.load.CacheAsideBuilder;
import io.evcache.core.error.InvalidConfiguration;
import io.evcache.testkit.EmbeddedZones;
import io.evcache.testkit.EmbeddedZonesExtension;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What {@link CacheAside} does over a transport that knows neither leases nor stale marks. */
class CacheAsideOnSpymemcachedTest {
    private static final int CALLERS = 50;
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    @RegisterExtension
    static final EmbeddedZonesExtension embedded = EmbeddedZonesExtension.of(1, "a", "b");

    private final Map<Long, String> database = new ConcurrentHashMap<>(Map.of(1L, "Ada"));
    private final AtomicInteger queries = new AtomicInteger();
    private EvCacheClient client;
    private EvCache<String> cache;

    @BeforeEach
    void connect() {
        client = connected();
        cache = client.cache("people");
    }

    @AfterEach
    void close() {
        client.close();
    }

    @Test
    void leasesAreRefusedWithTheNamesOfTransportAndRule() {
        assertThatThrownBy(() -> aside().leases().build())
                .isInstanceOf(InvalidConfiguration.class)
                .hasMessageContaining(
                        "asked for leases, which only memcached's meta protocol has; not spoken by the transport Spymemcached(");

        assertThat(queries).hasValue(0);
    }

    @Test
    void leasesAreRefusedAlsoWhileNoServerCanBeAsked() {
        zones().stopZone("a");
        zones().stopZone("b");
        try (EvCacheClient alone = connected()) {
            EvCache<String> away = alone.cache("people");

            assertThatThrownBy(() -> CacheAside.over(away, (Long id) -> "id:" + id)
                            .loader(this::find)
                            .leases()
                            .build())
                    .hasMessageContaining("not spoken by the transport Spymemcached(");
        }
    }

    @Test
    void whatElseNeedsStaleMarksIsRefusedByItsOwnName() {
        assertThatThrownBy(() -> aside().refreshAhead(0.5).build())
                .isInstanceOf(InvalidConfiguration.class)
                .hasMessageContaining("asked for refreshAhead, which");
        assertThatThrownBy(() -> aside().refreshAhead(0.5)
                        .serveStaleOnError(Duration.ofMinutes(1))
                        .build())
                .hasMessageContaining("asked for refreshAhead, serveStaleOnError, which");
    }

    @Test
    void aMarkIsNotMadeAndTheValueIsServedOn() {
        try (CacheAside<Long, String> people = aside().build()) {
            people.get(1L);
            stored("people:id:1");

            assertThat(people.markStale(1L, Duration.ofMinutes(1))).isFalse();

            assertThat(people.get(1L)).isEqualTo("Ada");
            assertThat(queries).hasValue(1);
        }
    }

    @Test
    void withoutLeasesCallersOfOneColdKeyShareOneLoad() throws Exception {
        CountDownLatch opened = new CountDownLatch(1);
        ExecutorService callers = Executors.newFixedThreadPool(CALLERS);
        try (CacheAside<Long, String> people = CacheAside.over(cache, (Long id) -> "id:" + id)
                .loader(id -> {
                    opened.await();
                    return find(id);
                })
                .loadTimeout(Duration.ofSeconds(60))
                .build()) {
            List<Future<String>> answers = new ArrayList<>();
            for (int i = 0; i < CALLERS; i++) {
                answers.add(callers.submit(() -> people.get(1L)));
            }
            Awaitility.await().until(() -> people.stats().shared() == CALLERS - 1);
            opened.countDown();

            for (Future<String> answer : answers) {
                assertThat(answer.get(60, SECONDS)).isEqualTo("Ada");
            }
            assertThat(queries).hasValue(1);
        } finally {
            callers.shutdownNow();
        }
    }

    @Test
    void withoutLeasesAMissIsLoadedAndStoredInEveryZoneAndThenHit() {
        try (CacheAside<Long, String> people = aside().build()) {
            assertThat(people.get(1L)).isEqualTo("Ada");
            stored("people:id:1");

            assertThat(people.get(1L)).isEqualTo("Ada");
            assertThat(cache.get("id:1")).isEqualTo("Ada");
            assertThat(queries).hasValue(1);
        }
    }

    @Test
    void anInvalidationRemovesFromEveryZoneAndTheNextReadLoads() {
        try (CacheAside<Long, String> people = aside().build()) {
            people.get(1L);
            stored("people:id:1");
            database.put(1L, "Ada Lovelace");

            assertThat(people.invalidate(1L)).isTrue();

            assertThat(zones().zonesHolding("people:id:1")).isEmpty();
            assertThat(people.get(1L)).isEqualTo("Ada Lovelace");
            assertThat(queries).hasValue(2);
        }
    }

    @Test
    void absenceIsRememberedWhereAskedFor() {
        try (CacheAside<Long, String> people =
                aside().negativeTtl(Duration.ofSeconds(30)).build()) {
            assertThat(people.get(9L)).isNull();
            stored("people:id:9");

            assertThat(people.get(9L)).isNull();
            assertThat(queries).hasValue(1);
            assertThat(cache.lookup("id:9").status()).isEqualTo(Status.KNOWN_ABSENT);
        }
    }

    private static EvCacheClient connected() {
        return EvCacheClient.builder(EvCacheConfig.builder(zones().connectString())
                        .readTimeout(TIMEOUT)
                        .writeTimeout(TIMEOUT)
                        .build())
                .transport(SpymemcachedTransport::start)
                .connect();
    }

    private CacheAsideBuilder<Long, String> aside() {
        return CacheAside.over(cache, (Long id) -> "id:" + id).loader(this::find);
    }

    private @Nullable String find(Long id) {
        queries.incrementAndGet();
        return database.get(id);
    }

    /** Callers are answered before the store has reached every zone. */
    private static void stored(String key) {
        Awaitility.await().until(() -> zones().zonesHolding(key).size() == 2);
    }

    private static EmbeddedZones zones() {
        return embedded.zones();
    }
}
