package io.evcache.client.metrics;

import io.evcache.client.EvCacheClient;
import io.evcache.client.migration.MigrationCounts;
import io.evcache.core.topology.control.TopologyState;
import java.util.function.ToLongFunction;

/** What becomes of the topology, and of a migration if there is one. Read when the registry asks. */
final class ClusterMeters {
    private final Registered registered;
    private final EvCacheClient client;

    private ClusterMeters(Registered registered, EvCacheClient client) {
        this.registered = registered;
        this.client = client;
    }

    static void register(Registered registered, EvCacheClient client) {
        ClusterMeters meters = new ClusterMeters(registered, client);
        meters.topology();
        client.migration().ifPresent(counts -> meters.migration());
    }

    private void topology() {
        said(TopologyState::changes, "changed");
        said(TopologyState::refusals, "refused");
        said(TopologyState::failures, "unreadable");
        registered.gauge(
                Meters.TOPOLOGY_REFUSED, () -> client.topology().refused().isPresent() ? 1 : 0, registered.client());
    }

    private void said(ToLongFunction<TopologyState> figure, String result) {
        registered.counted(
                Meters.TOPOLOGY, client, of -> figure.applyAsLong(of.topology()), registered.client(), result);
    }

    private void migration() {
        migrated(Meters.MIGRATION_READS, MigrationCounts::hits, registered.client(), "hit");
        migrated(Meters.MIGRATION_READS, MigrationCounts::misses, registered.client(), "miss");
        migrated(Meters.MIGRATION_READS, MigrationCounts::failedReads, registered.client(), "failed");
        migrated(Meters.MIGRATION_WRITES, MigrationCounts::writes, registered.client());
        migrated(Meters.MIGRATION_WRITES_FAILED, MigrationCounts::failedWrites, registered.client());
    }

    private void migrated(Meters meter, ToLongFunction<MigrationCounts> figure, String... values) {
        registered.counted(
                meter, client, of -> of.migration().map(figure::applyAsLong).orElse(0L), values);
    }
}
