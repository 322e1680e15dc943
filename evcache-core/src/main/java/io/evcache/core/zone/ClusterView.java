package io.evcache.core.zone;

import io.evcache.core.node.NodeRoute;
import io.evcache.core.topology.Topology;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/**
 * What exists at one instant: every zone with its route. Immutable; a request reads it once and uses it to its end.
 *
 * @param zones in the order of the topology; empty only before the first topology has arrived
 */
public record ClusterView(List<ZoneRoute> zones) {
    /** No zones. */
    public static final ClusterView EMPTY = new ClusterView(List.of());

    public ClusterView {
        zones = List.copyOf(zones);
    }

    /** Returns this with the modes that its zones have in the topology, or itself if none would be in service then: those that the topology brings are not here yet. */
    ClusterView withModes(Topology topology) {
        ClusterView changed = new ClusterView(zones.stream()
                .map(zone -> topology.zone(zone.name())
                        .map(said -> zone.withMode(said.mode()))
                        .orElse(zone))
                .toList());
        return changed.zones.stream().anyMatch(ZoneRoute::isCounted) ? changed : this;
    }

    /** Returns the zone of that name. */
    public Optional<ZoneRoute> zone(String name) {
        return zones.stream().filter(zone -> zone.name().equals(name)).findFirst();
    }

    /** Returns the future that completes once the first attempt to connect to every node has ended, well or badly. */
    CompletableFuture<Void> firstAttempts() {
        return CompletableFuture.allOf(zones.stream()
                .flatMap(zone -> zone.nodes().stream())
                .map(NodeRoute::firstAttempts)
                .toArray(CompletableFuture<?>[]::new));
    }

    @Override
    public String toString() {
        return zones.stream().map(ZoneRoute::toString).collect(Collectors.joining("\n"));
    }
}
