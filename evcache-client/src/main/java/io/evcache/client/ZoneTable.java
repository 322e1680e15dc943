package io.evcache.client;

import io.evcache.core.command.Feature;
import io.evcache.core.node.NodeRoute;
import io.evcache.core.zone.ClusterView;
import io.evcache.core.zone.ZoneRoute;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The zones of a client at one instant, for people to read. */
record ZoneTable(EvCacheConfig config, ClusterView view) {

    /** Returns what somebody should look at before the client is relied on. */
    List<String> warnings(boolean hasEverythingTried) {
        List<String> warnings = new ArrayList<>();
        if (view.zones().isEmpty()) {
            warnings.add(
                    "started without any zone; the topology has not arrived" + (hasEverythingTried ? "" : " in time"));
        } else if (view.zone(config.localZone()).isEmpty()) {
            warnings.add("the local zone " + config.localZone() + " does not exist; every read crosses zones");
        }
        List<String> degraded = new ArrayList<>();
        for (ZoneRoute zone : view.zones()) {
            long down =
                    zone.nodes().stream().filter(node -> !node.isConnected()).count();
            if (down > 0) {
                degraded.add(zone.name() + " (" + down + " of " + zone.nodes().size() + " nodes not connected)");
            }
        }
        if (!degraded.isEmpty()) {
            warnings.add("started degraded: " + degraded + "; trying to connect in the background");
        }
        return warnings;
    }

    /** Returns what this client does without because its transport cannot do it; empty if nothing that it would do by itself. */
    Optional<String> limits(Set<Feature> features) {
        if (features.contains(Feature.REMAINING_LIFE) || view.zones().size() < 2) {
            return Optional.empty();
        }
        String nodes = view.zones().stream()
                .flatMap(zone -> zone.nodes().stream())
                .map(node -> node.address()
                        + node.capabilities()
                                .map(can -> " (" + can.version() + ")")
                                .orElse(""))
                .collect(Collectors.joining(", "));
        return Optional.of(
                nodes + ": cannot be asked for " + Feature.REMAINING_LIFE.words() + " (memcached "
                        + Feature.REMAINING_LIFE.since()
                        + " or later, by the meta protocol), so values are not back-filled and counters not copied between zones");
    }

    @Override
    public String toString() {
        StringBuilder table = new StringBuilder("EvCacheClient " + config.name() + " (region " + config.region() + ")");
        for (ZoneRoute zone : view.zones()) {
            table.append("\n  ").append(zone.name()).append(' ').append(zone.mode());
            if (zone.name().equals(config.localZone())) {
                table.append(" local");
            }
            for (NodeRoute node : zone.nodes()) {
                table.append("\n    ")
                        .append(node.address())
                        .append(node.isConnected() ? " connected, " : " not connected, ");
                table.append(node.inFlight()).append(" in flight");
            }
        }
        return table.toString();
    }
}
