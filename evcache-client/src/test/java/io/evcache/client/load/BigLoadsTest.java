package io.evcache.client.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.evcache.client.EvCache;
import io.evcache.client.EvCacheClient;
import io.evcache.client.EvCacheConfig;
import io.evcache.core.node.NodeRoute;
import io.evcache.testkit.EmbeddedZones;
import io.evcache.testkit.EmbeddedZonesExtension;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Loaded values that take more than one write to store. */
class BigLoadsTest {
    @RegisterExtension
    static final EmbeddedZonesExtension embedded = EmbeddedZonesExtension.of(1, "a", "b");

    private static final String OLD = "old".repeat(2_000);

    @BeforeEach
    void reset() {
        zones().reset();
    }

    @Test
    void largeLoadedValueIsNotStoredAfterTheInvalidation() {
        List<String> left = new ArrayList<>();
        try (EvCacheClient client = client();
                CacheAside<String, String> aside = CacheAside.over(client.cache("big"), (String key) -> key)
                        .loader(key -> OLD)
                        .build()) {
            for (int i = 0; i < 20; i++) {
                assertThat(aside.get("k" + i)).isEqualTo(OLD);
                assertThat(aside.invalidate("k" + i)).isTrue(); // certainly gone from every zone
            }
            Awaitility.await().pollDelay(Duration.ofMillis(500)).until(() -> aside.loadsInFlight() == 0);
            for (int i = 0; i < 20; i++) {
                left.addAll(zones().zonesHolding("big:k" + i));
            }
        }
        assertThat(left).isEmpty();
    }

    @Test
    void largeLoadedValueDoesNotOverwriteWhatIsSetAfterwards() {
        try (EvCacheClient client = client()) {
            EvCache<String> cache = client.cache("big");
            for (int i = 0; i < 20; i++) {
                assertThat(cache.getOrLoad("k" + i, key -> OLD)).isEqualTo(OLD);
                assertThat(cache.set("k" + i, "new")).isTrue();
            }
            for (int i = 0; i < 20; i++) {
                String item = "big:k" + i;
                Awaitility.await()
                        .during(Duration.ofMillis(i == 0 ? 300 : 1))
                        .until(() -> zones().zoneNames().stream()
                                .flatMap(zone -> zones().peek(zone, item).stream())
                                .allMatch(found -> found.text().equals("new")));
            }
        }
    }

    private static EvCacheClient client() {
        EvCacheClient client = EvCacheClient.connect(EvCacheConfig.builder(zones().connectString())
                .localZone("a")
                .readTimeout(Duration.ofSeconds(30))
                .writeTimeout(Duration.ofSeconds(30))
                .bigValues(1_000, 1_000_000)
                .build());
        Awaitility.await()
                .until(() -> client.view().zones().stream()
                        .allMatch(zone -> zone.nodes().stream().allMatch(NodeRoute::isConnected)));
        return client;
    }

    private static EmbeddedZones zones() {
        return embedded.zones();
    }
}
