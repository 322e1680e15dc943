package io.evcache.core.topology;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A source that looks up each zone by itself. A zone that cannot be looked up, or has no nodes, keeps those it had; one that never had any is left out until it has. The nodes are sorted by their text,
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
        List<Exception> failures = new ArrayList<>();
        List<Zone> found = new ArrayList<>();
        for (String zone : zones) {
            try {
                last.put(zone, sorted(zone, lookup.nodes(zone)));
            } catch (Exception e) { // a stranger's code
                failures.add(e);
            }
            List<NodeAddress> nodes = last.get(zone);
            if (nodes != null) {
                found.add(new Zone(zone, ZoneMode.READ_WRITE, nodes));
            }
        }
        if (found.isEmpty() && !failures.isEmpty()) {
            throw failures.get(0);
        }
        Topology topology = new Topology(found);
        failures.forEach(partly);
        return topology;
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
