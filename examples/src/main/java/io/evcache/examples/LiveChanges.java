package io.evcache.examples;

import io.evcache.client.CacheMode;
import io.evcache.client.EvCacheClient;
import io.evcache.client.EvCacheConfig;
import io.evcache.client.migration.MigrationCounts;
import io.evcache.client.pipeline.WritePolicy;
import io.evcache.core.topology.NodeAddress;
import io.evcache.core.topology.PolledTopology;
import io.evcache.core.topology.TopologyProvider;
import io.evcache.core.topology.ZoneByZone;
import io.evcache.core.topology.ZoneMode;
import io.evcache.core.topology.dns.DnsTopology;
import io.evcache.core.topology.file.FileTopology;
import io.evcache.core.topology.srv.SrvTopology;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Code that the guide to live changes shows, kept compiling and run by a test. */
final class LiveChanges {
    private LiveChanges() {}

    /** Stands for whatever knows where servers are. */
    interface Registry {
        List<String> addresses(String zone);
    }

    static EvCacheClient discovered(Path file) {
        // snippet: discovery
        EvCacheConfig config =
                EvCacheConfig.builder().discoveredZones().localZone("a").build();
        EvCacheClient client =
                EvCacheClient.builder(config).topology(FileTopology.at(file)).connect();
        // end
        return client;
    }

    static List<TopologyProvider> providers(Registry registry) {
        // snippet: providers
        TopologyProvider addresses = DnsTopology.of("memcached-{zone}.cache.svc:11211", "a", "b", "c");
        TopologyProvider services =
                SrvTopology.of("_memcache._tcp.memcached-{zone}.cache.svc.cluster.local", "a", "b", "c");
        TopologyProvider own = PolledTopology.of(
                "registry",
                () -> new ZoneByZone(
                        List.of("a", "b", "c"),
                        zone -> registry.addresses(zone).stream()
                                .map(NodeAddress::parse)
                                .toList()),
                Duration.ofSeconds(10));
        // end
        return List.of(addresses, services, own);
    }

    static void settings(EvCacheClient client) {
        // snippet: settings
        client.update(settings -> settings.readTimeout(Duration.ofMillis(20)).writePolicy(WritePolicy.ONE));
        // end
    }

    static void drain(EvCacheClient client) {
        // snippet: drain
        client.update(settings -> settings.zoneMode("c", ZoneMode.DRAINING));
        // end
    }

    static Map<String, CacheMode> switches(EvCacheClient client) {
        // snippet: switches
        client.update(settings -> settings.cacheMode("profiles", CacheMode.NO_READS));
        Map<String, CacheMode> switched = client.settings().cacheModes(); // {profiles=NO_READS}
        // end
        return switched;
    }

    static EvCacheClient migrating(EvCacheClient old, EvCacheConfig newConfig) {
        // snippet: migration
        EvCacheClient client = EvCacheClient.builder(newConfig)
                .migratingFrom(old, migration -> migration.readTimeout(Duration.ofMillis(20)))
                .connect();
        // end
        return client;
    }

    static long fromOld(EvCacheClient client) {
        // snippet: counts
        MigrationCounts counts = client.migration().orElseThrow();
        long fromOld = counts.hits(); // when it no longer grows, the old cluster can go
        // end
        return fromOld;
    }
}
