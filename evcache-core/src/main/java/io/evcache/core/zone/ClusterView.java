package io.evcache.core.zone;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What exists at one instant: every zone with its route. Immutable; a request reads it once and uses it to its end.
 *
 * @param zones in the order of the topology; empty only before the first topology has arrived
 */
public record ClusterView(List<ZoneRoute> zones) {
    static final ClusterView EMPTY = new ClusterView(List.of());

    public ClusterView {
        zones = List.copyOf(zones);
    }

    /** Returns the zone of that name. */
    public Optional<ZoneRoute> zone(String name) {
        return zones.stream().filter(zone -> zone.name().equals(name)).findFirst();
    }

    @Override
    public String toString() {
        return zones.stream().map(ZoneRoute::toString).collect(Collectors.joining("\n"));
    }
}
