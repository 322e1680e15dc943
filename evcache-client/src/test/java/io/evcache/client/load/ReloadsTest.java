package io.evcache.client.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.evcache.client.EvCache;
import io.evcache.client.EvCacheClient;
import io.evcache.client.Patient;
import io.evcache.core.value.Codec;
import io.evcache.testkit.Capabilities;
import io.evcache.testkit.EmbeddedZones;
import io.evcache.testkit.TestClock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is there when a value is loaded anew: how often that happens, and what becomes of it where the source has none any more. */
class ReloadsTest {
    private static final Duration LIFE = Duration.ofSeconds(100);

    private final TestClock clock = TestClock.create();
    private final AtomicInteger loads = new AtomicInteger();
    private EmbeddedZones zones;
    private EvCacheClient client;

    @BeforeEach
    void connect() {
        zones = EmbeddedZones.builder()
                .zones(1, "a", "b")
                .capabilities(Capabilities.V1_6_18)
                .clock(clock)
                .start();
        client = Patient.connect(zones.connectString(), "a");
    }

    @AfterEach
    void close() {
        client.close();
        zones.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void knownAbsenceIsNotReloadedAtEachRead(boolean leases) {
        CacheAsideBuilder<String, String> builder = CacheAside.over(cache(client), (String key) -> key)
                .loader(key -> {
                    loads.incrementAndGet();
                    return null;
                })
                .negativeTtl(Duration.ofSeconds(5))
                .refreshAhead(0.9);
        try (CacheAside<String, String> aside = (leases ? builder.leases() : builder).build()) {
            for (int i = 0; i < 5; i++) {
                assertThat(aside.get("k")).isNull();
                Awaitility.await().until(() -> aside.loadsInFlight() == 0);
            }
            assertThat(loads).hasValue(1);
        }
    }

    @Test
    void valueThatJitterShortensIsNotReloadedAtEachRead() {
        EvCache<String> jittered =
                client.cache("fresh", Codec.utf8(), o -> o.ttl(LIFE).ttlJitter(0.5));
        try (CacheAside<String, String> aside = CacheAside.over(jittered, (String key) -> key)
                .loader(key -> "v" + loads.incrementAndGet())
                .refreshAhead(0.3)
                .build()) {
            int worst = 0;
            for (int k = 0; k < 6; k++) {
                String key = "k" + k;
                loads.set(0);
                for (int i = 0; i < 3; i++) {
                    aside.get(key);
                    Awaitility.await().until(() -> aside.loadsInFlight() == 0);
                }
                worst = Math.max(worst, loads.get());
            }
            assertThat(worst).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatARefreshFindsGoneIsNotServedAnyMore(boolean leases) {
        CacheAsideBuilder<String, String> builder = CacheAside.over(cache(client), (String key) -> key)
                .loader(key -> loads.incrementAndGet() == 1 ? "old" : null);
        try (CacheAside<String, String> aside = (leases ? builder.leases() : builder).build()) {
            assertThat(aside.get("k")).isEqualTo("old");
            Awaitility.await().until(() -> aside.loadsInFlight() == 0);

            assertThat(aside.refresh("k")).isNull();
            Awaitility.await().until(() -> aside.loadsInFlight() == 0);
            assertThat(aside.get("k")).isNull();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatIsMarkedStaleAndFoundGoneIsNotServedAnyMore(boolean leases) {
        CacheAsideBuilder<String, String> builder = CacheAside.over(cache(client), (String key) -> key)
                .loader(key -> loads.incrementAndGet() == 1 ? "old" : null);
        try (CacheAside<String, String> aside = (leases ? builder.leases() : builder).build()) {
            assertThat(aside.get("k")).isEqualTo("old");
            Awaitility.await().until(() -> aside.loadsInFlight() == 0);
            assertThat(aside.markStale("k", Duration.ofHours(1))).isTrue();
            assertThat(aside.get("k")).isEqualTo("old");
            Awaitility.await().until(() -> loads.get() == 2 && aside.loadsInFlight() == 0);
            clock.advance(Duration.ofMinutes(50));

            assertThat(aside.get("k")).isNull();
        }
    }

    private static EvCache<String> cache(EvCacheClient client) {
        return client.cache("fresh", Codec.utf8(), o -> o.ttl(LIFE));
    }
}
