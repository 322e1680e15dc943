package io.evcache.core.topology;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A source that looks up each zone by itself. A zone that cannot be looked up, or has no nodes, keeps those it had, but for servers that another zone has now; one that has none is left out until it has. The nodes are sorted by their text,
 * so that a source that answers in another order every time says the same.
 */
public final class ZoneByZone implements TopologySource {
    private final List<String> zones;
    private final Lookup lookup;
    private final Map<String, List<NodeAddress>> last = new HashMap<>();

    /** Looks up one zone. */
    @FunctionalInterface
    public interface Lookup {

        /** Returns the nodes of the zone, in any order. */
        List<NodeAddress> nodes(String zone) throws Exception;
    }

    /** Creates a source of these zones, in the order of fallback. It remembers what was found, so each watch needs one of its own. */
    public ZoneByZone(List<String> zones, Lookup lookup) {
        this.zones = List.copyOf(zones);
        this.lookup = requireNonNull(lookup, "lookup");
    }

    @Override
    public Topology read(Consumer<? super Exception> partly) throws Exception {
        Map<String, List<NodeAddress>> found = new HashMap<>();
        List<Exception> failures = new ArrayList<>();
        for (String zone : zones) {
            try {
                found.put(zone, sorted(zone, lookup.nodes(zone)));
            } catch (Exception e) { // a stranger's code
                failures.add(e);
            }
        }
        last.keySet().removeAll(found.keySet());
        List<NodeAddress> taken = found.values().stream().flatMap(List::stream).toList();
        last.replaceAll((zone, nodes) -> without(taken, nodes));
        last.putAll(found);
        List<Zone> known = zones.stream()
                .filter(zone -> !last.getOrDefault(zone, List.of()).isEmpty())
                .map(zone -> new Zone(zone, ZoneMode.READ_WRITE, requireNonNull(last.get(zone), zone)))
                .toList();
        if (known.isEmpty() && !failures.isEmpty()) {
            throw failures.get(0);
        }
        Topology topology = new Topology(known);
        failures.forEach(partly);
        return topology;
    }

    /** An address is given away again once its server is gone. Who remembered it would say it in two zones, which is no topology, and no zone's changes would be seen any more. */
    private static List<NodeAddress> without(List<NodeAddress> taken, List<NodeAddress> remembered) {
        return remembered.stream()
                .filter(node -> taken.stream().noneMatch(node::isSameServer))
                .toList();
    }

    private static List<NodeAddress> sorted(String zone, List<NodeAddress> nodes) {
        List<NodeAddress> sorted = nodes.stream()
                .distinct()
                .sorted(Comparator.comparing(NodeAddress::text))
                .toList();
        Zone unused = new Zone(zone, ZoneMode.READ_WRITE, sorted); // refuses what cannot be a zone, such as no nodes
        return sorted;
    }
}
