package io.evcache.client.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.evcache.client.EvCacheClient;
import io.evcache.client.EvCacheConfig;
import io.evcache.core.topology.Topology;
import io.evcache.core.topology.TopologyListener;
import io.evcache.testkit.EmbeddedZonesExtension;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ClusterMetersTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    @RegisterExtension
    static final EmbeddedZonesExtension servers = EmbeddedZonesExtension.of(1, "a", "b", "c");

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    @Test
    void topologiesAreCountedByWhatBecameOfThem() {
        CompletableFuture<TopologyListener> source = new CompletableFuture<>();
        Topology all = Topology.parse(servers.connectString());
        Topology less = new Topology(all.zones().subList(1, 3));
        try (EvCacheClient client = EvCacheClient.builder(
                        EvCacheConfig.builder().discoveredZones().localZone("b").build())
                .topology(listener -> {
                    source.complete(listener);
                    listener.changed(all);
                    return () -> {};
                })
                .connect()) {
            MicrometerMetrics.bind(client, registry);
            assertThat(topologies("changed")).isEqualTo(1);
            assertThat(refused()).isZero();

            source.join().changed(less);
            source.join().failed(new IOException("on purpose"));

            assertThat(topologies("refused")).isEqualTo(1);
            assertThat(topologies("unreadable")).isEqualTo(1);
            assertThat(topologies("changed")).isEqualTo(1);
            assertThat(refused()).isEqualTo(1);

            assertThat(client.acceptTopology()).isTrue();

            assertThat(topologies("changed")).isEqualTo(2);
            assertThat(refused()).isZero();
        }
    }

    @Test
    void readsAndWritesOfAMigrationAreCounted() {
        try (EvCacheClient old = EvCacheClient.connect(config("a", "b"));
                EvCacheClient client = EvCacheClient.builder(config("c"))
                        .migratingFrom(old, migration -> migration.readTimeout(LONG))
                        .connect()) {
            MicrometerMetrics.bind(client, registry);
            old.cache("c").async().set("k", "v").settled().toFuture().join();

            client.cache("c").get("k");
            client.cache("c").get("nothing");
            client.cache("c").set("k2", "v");

            await().untilAsserted(
                            () -> { // counted once the caller has been answered
                                assertThat(reads("hit")).isEqualTo(1);
                                assertThat(reads("miss")).isEqualTo(1);
                            });
            assertThat(reads("failed")).isZero();
            assertThat(writes("evcache.migration.writes")).isEqualTo(1);
            assertThat(writes("evcache.migration.writes.failed")).isZero();

            servers.zones().stopZone("a");
            await().until(() ->
                    !old.view().zone("a").orElseThrow().nodes().get(0).isConnected());
            client.cache("c").delete("k2");

            await().untilAsserted(() ->
                    assertThat(writes("evcache.migration.writes.failed")).isEqualTo(1));
            assertThat(writes("evcache.migration.writes")).isEqualTo(2);
        }
    }

    @Test
    void clientWithoutMigrationHasNoneOfItsMeters() {
        try (EvCacheClient client = EvCacheClient.connect(config("a"))) {
            MicrometerMetrics.bind(client, registry);

            assertThat(registry.getMeters())
                    .isNotEmpty()
                    .noneMatch(meter -> meter.getId().getName().contains("migration"));
        }
    }

    private static EvCacheConfig config(String... zones) {
        EvCacheConfig.Builder config = EvCacheConfig.builder().readTimeout(LONG).writeTimeout(LONG);
        for (String zone : zones) {
            config.zone(zone, servers.zones().node(zone, 0).address());
        }
        return config.build();
    }

    private double topologies(String result) {
        return registry.get("evcache.topology")
                .tags("client", "evcache", "result", result)
                .functionCounter()
                .count();
    }

    private double refused() {
        return registry.get("evcache.topology.refused").gauge().value();
    }

    private double reads(String result) {
        return registry.get("evcache.migration.reads")
                .tags("result", result)
                .functionCounter()
                .count();
    }

    private double writes(String meter) {
        return registry.get(meter).functionCounter().count();
    }
}
