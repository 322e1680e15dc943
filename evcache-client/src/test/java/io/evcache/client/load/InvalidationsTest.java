package io.evcache.client.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.evcache.client.EvCache;
import io.evcache.client.EvCacheClient;
import io.evcache.client.Patient;
import io.evcache.client.netflix.ChunkedValues;
import io.evcache.core.value.Codec;
import io.evcache.testkit.EmbeddedMemcached;
import io.evcache.testkit.EmbeddedZones;
import io.evcache.testkit.FaultProxy;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Deletions that one zone cannot be told of for a while. */
class InvalidationsTest {
    private final AtomicInteger loads = new AtomicInteger();
    private EmbeddedZones zones;
    private FaultProxy wire;
    private EvCacheClient client;
    private EvCache<String> cache;

    @BeforeEach
    void connect() {
        zones = EmbeddedZones.builder().zones(1, "a", "b").start();
        String address = zones.node("b", 0).address();
        wire = FaultProxy.to(address);
        client = Patient.connect(zones.connectString().replace(address, wire.address()), ChunkedValues.of("chunked"));
        cache = client.cache("people");
    }

    @AfterEach
    void close() {
        client.close();
        wire.close();
        zones.close();
    }

    /** Each repeat took the value out of the other zones, too: what was written meanwhile was hardly ever found there. */
    @Test
    void zoneThatHasConfirmedKeepsWhatIsWrittenAfterThat() {
        try (CacheAside<String, String> aside = over(cache)) {
            cache.set("k", "old");
            cut();
            assertThat(aside.invalidate("k")).isFalse();
            cache.set("k", "new");
            Awaitility.await().until(() -> text("a", "people:k").isPresent());

            long before = aside.stats().invalidationsRepeated();
            Awaitility.await().until(() -> aside.stats().invalidationsRepeated() > before + 2);
            assertThat(text("a", "people:k")).contains("new");
            assertThat(text("b", "people:k")).contains("old");

            wire.heal();
            Awaitility.await().until(() -> text("b", "people:k").isEmpty());
            assertThat(text("a", "people:k")).contains("new");
        }
    }

    @Test
    void whatNoZoneHasConfirmedIsRepeatedInAll() {
        try (CacheAside<String, String> aside = over(cache)) {
            cache.set("k", "old");
            zones.hangZone("a");
            cut();
            client.update(settings -> settings.writeTimeout(Duration.ofMillis(50)));
            assertThat(aside.invalidate("k")).isFalse();
            zones.resumeZone("a");
            wire.heal();

            Awaitility.await().until(() -> zones.zonesHolding("people:k").isEmpty());
        }
    }

    @Test
    void tableOfAValueInChunksIsRepeatedlyRemovedToo() {
        EvCache<String> raw = client.cache("raw", Codec.utf8(), o -> o.plainKeys());
        try (CacheAside<String, String> aside = over(client.cache("chunked"))) {
            raw.set("chunked:k_00", "4:1099:802:2048:3284572766");
            cut();
            assertThat(aside.invalidate("k")).isFalse();
            assertThat(text("b", "chunked:k_00")).isPresent();

            wire.heal();
            Awaitility.await().until(() -> zones.zonesHolding("chunked:k_00").isEmpty());
        }
    }

    private void cut() {
        wire.refuseConnections();
        wire.resetConnections();
        Awaitility.await()
                .until(() -> client.view().zones().stream()
                        .filter(zone -> zone.name().equals("b"))
                        .noneMatch(zone -> zone.nodes().get(0).isConnected()));
    }

    private Optional<String> text(String zone, String key) {
        return zones.peek(zone, key).map(EmbeddedMemcached.Item::text);
    }

    private CacheAside<String, String> over(EvCache<String> cache) {
        return CacheAside.over(cache, (String key) -> key)
                .loader(key -> key + loads.incrementAndGet())
                .build();
    }
}
