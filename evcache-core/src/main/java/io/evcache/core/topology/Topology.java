package io.evcache.core.topology;

import io.evcache.core.error.InvalidConfiguration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Everything that exists in one region: its zones and their nodes. Immutable; a change is a new topology.
 *
 * @param zones at least one, no two of the same name, no node in two of them
 */
public record Topology(List<Zone> zones) {

    /** Checks the zones against each other; all problems are reported at once by {@link InvalidConfiguration}. */
    public Topology {
        zones = List.copyOf(zones);
        List<String> problems = problems(zones);
        if (!problems.isEmpty()) {
            throw new InvalidConfiguration(problems);
        }
    }

    /**
     * Returns the topology of these zones, in their order, which is the order of fallback.
     *
     * @throws InvalidConfiguration with every problem, such as two zones of one name
     */
    public static Topology of(Zone... zones) {
        return new Topology(List.of(zones));
    }

    /**
     * Reads {@code zone=node,node;zone=node,node}, each node in a form of {@link NodeAddress#parse}. Blanks around the parts
     * and a semicolon at the end are allowed. A zone is {@link ZoneMode#READ_WRITE} unless its mode stands behind its name, as in {@code c(WRITE_ONLY)=node}.
     *
     * @throws InvalidConfiguration with every problem of the text
     */
    public static Topology parse(String text) {
        return new TopologyDraft().text(text).build();
    }

    /** The zones in the form that {@link #parse} reads. */
    public String text() {
        return zones.stream().map(Zone::text).collect(Collectors.joining(";"));
    }

    /** What is wrong with these zones side by side; empty if nothing is. */
    public static List<String> problems(List<Zone> zones) {
        List<String> problems = new ArrayList<>();
        if (zones.isEmpty()) {
            problems.add(TopologyDraft.NO_ZONES);
        }
        problems.addAll(
                TopologyDraft.duplicateNames(zones.stream().map(Zone::name).toList()));
        problems.addAll(TopologyDraft.duplicates(zones.stream()
                .flatMap(zone -> zone.nodes().stream().map(node -> new TopologyDraft.Placed(zone.name(), node)))
                .toList()));
        return List.copyOf(problems);
    }

    /** The zone of this name, if there is one; names are case-sensitive. */
    public Optional<Zone> zone(String name) {
        return zones.stream().filter(zone -> zone.name().equals(name)).findFirst();
    }

    /** {@code [eu-west-1a(2 nodes), eu-west-1b(2 nodes)]}. */
    @Override
    public String toString() {
        return zones.toString();
    }
}
