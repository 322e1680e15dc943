package io.evcache.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.evcache.client.CacheMode;
import io.evcache.client.EvCacheClient;
import io.evcache.client.EvCacheConfig;
import io.evcache.client.pipeline.WritePolicy;
import io.evcache.core.topology.Topology;
import io.evcache.core.topology.ZoneMode;
import io.evcache.testkit.EmbeddedZones;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LiveChangesTest {

    @Test
    void zonesComeFromAFile(@TempDir Path directory) throws Exception {
        try (EmbeddedZones zones = EmbeddedZones.start(1, "a", "b", "c")) {
            Path file = Files.writeString(directory.resolve("zones"), zones.connectString());
            try (EvCacheClient client = LiveChanges.discovered(file)) {
                assertThat(client.topology().current()).contains(Topology.parse(zones.connectString()));
            }
        }
    }

    @Test
    void providersCanBeMade() {
        assertThat(LiveChanges.providers(zone -> List.of())).hasSize(3);
    }

    @Test
    void runningClientIsChanged() {
        try (EmbeddedZones zones = EmbeddedZones.start(1, "a", "b", "c");
                EvCacheClient client = EvCacheClient.connect(zones.connectString())) {
            LiveChanges.settings(client);
            LiveChanges.drain(client);

            assertThat(LiveChanges.switches(client)).isEqualTo(Map.of("profiles", CacheMode.NO_READS));
            assertThat(client.settings().readTimeout()).isEqualTo(Duration.ofMillis(20));
            assertThat(client.settings().writePolicy()).isSameAs(WritePolicy.ONE);
            assertThat(client.topology().modes()).isEqualTo(Map.of("c", ZoneMode.DRAINING));
        }
    }

    @Test
    void valueOfTheOldClusterIsFound() {
        try (EmbeddedZones oldZones = EmbeddedZones.start(1, "a");
                EmbeddedZones newZones = EmbeddedZones.start(1, "a");
                EvCacheClient old = EvCacheClient.connect(config(oldZones));
                EvCacheClient client = LiveChanges.migrating(old, config(newZones))) {
            await().until(() -> old.cache("greetings").set("hello", "world"));

            await().until(() -> client.cache("greetings").get("hello") != null);

            await().until(() -> LiveChanges.fromOld(client) == 1); // counted once the caller has its answer
        }
    }

    private static EvCacheConfig config(EmbeddedZones zones) {
        return EvCacheConfig.parse(zones.connectString());
    }
}
