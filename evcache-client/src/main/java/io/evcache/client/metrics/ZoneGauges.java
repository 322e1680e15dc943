package io.evcache.client.metrics;

import io.evcache.client.EvCacheClient;
import io.evcache.core.node.NodeRoute;
import io.evcache.core.zone.ClusterView;
import io.evcache.core.zone.ZoneRoute;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/** What zones and nodes are like at the moment of asking. A zone that appears later gets its gauges with the next call; one that is gone shows zeros. */
final class ZoneGauges {
    private static final int MOST_ZONES = 32;

    private final Registered registered;
    private final EvCacheClient client;
    private final Set<String> known = ConcurrentHashMap.newKeySet();
    private volatile ClusterView seen = new ClusterView(List.of());

    ZoneGauges(Registered registered, EvCacheClient client) {
        this.registered = registered;
        this.client = client;
    }

    @SuppressWarnings("ReferenceEquality") // another snapshot is another object
    void follow(ClusterView view) {
        if (seen != view) {
            seen = view;
            for (ZoneRoute zone : view.zones()) {
                if (known.size() < MOST_ZONES && known.add(zone.name())) {
                    register(zone.name());
                }
            }
        }
    }

    private void register(String zone) {
        nodes(zone, "up", ZoneRoute::isReadable, true);
        nodes(zone, "write_only", Predicate.not(ZoneRoute::isReadable), true);
        nodes(zone, "down", any -> true, false);
        registered.gauge(
                Meters.QUEUE,
                () -> client.view().zone(zone).map(ZoneGauges::inFlight).orElse(0),
                registered.client(),
                zone);
    }

    private void nodes(String zone, String state, Predicate<ZoneRoute> ofZone, boolean connected) {
        registered.gauge(
                Meters.NODES,
                () -> client.view()
                        .zone(zone)
                        .filter(ofZone)
                        .map(route -> count(route, connected))
                        .orElse(0),
                registered.client(),
                zone,
                state);
    }

    private static int count(ZoneRoute zone, boolean connected) {
        return (int) zone.nodes().stream()
                .filter(node -> node.isConnected() == connected)
                .count();
    }

    private static int inFlight(ZoneRoute zone) {
        return zone.nodes().stream().mapToInt(NodeRoute::inFlight).sum();
    }
}
