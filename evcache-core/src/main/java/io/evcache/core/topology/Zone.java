package io.evcache.core.topology;

import static java.util.Objects.requireNonNull;

import io.evcache.core.error.InvalidConfiguration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * One full copy of the data: a named set of nodes over which the keys are spread.
 *
 * @param name 1 to 64 characters of {@code A–Z a–z 0–9 . _ -}
 * @param mode whether the zone also serves reads
 * @param nodes at least one, each once; the order decides which node wins when two claim the same point of the ring
 */
public record Zone(String name, ZoneMode mode, List<NodeAddress> nodes) {

    private static final int MAX_NAME_CHARS = 64;

    /** Checks the parts; all problems are reported at once by {@link InvalidConfiguration}. */
    public Zone {
        requireNonNull(name, "name");
        requireNonNull(mode, "mode");
        nodes = List.copyOf(nodes);
        List<String> problems = problems(name, nodes);
        if (!problems.isEmpty()) {
            throw new InvalidConfiguration(problems);
        }
    }

    /** A zone that serves reads and writes. */
    public static Zone of(String name, NodeAddress... nodes) {
        return new Zone(name, ZoneMode.READ_WRITE, List.of(nodes));
    }

    /** What is wrong with a zone of these parts; empty if nothing is. */
    public static List<String> problems(String name, List<NodeAddress> nodes) {
        List<String> problems = new ArrayList<>(nameProblems(name));
        if (nodes.isEmpty()) {
            problems.add(noNodes(name));
        }
        problems.addAll(TopologyDraft.duplicates(
                nodes.stream().map(node -> new TopologyDraft.Placed(name, node)).toList()));
        return List.copyOf(problems);
    }

    static List<String> nameProblems(String name) {
        if (name.isEmpty()) {
            return List.of("a zone has no name");
        }
        if (name.length() > MAX_NAME_CHARS) {
            return List.of("zone name " + Quoted.text(name) + " has " + name.length()
                    + " characters, over the limit of " + MAX_NAME_CHARS);
        }
        if (!name.matches("[A-Za-z0-9._-]+")) {
            return List.of("zone name " + Quoted.text(name)
                    + " may hold only letters and digits of ASCII, dot, underscore and hyphen");
        }
        return List.of();
    }

    static String noNodes(String zone) {
        return "zone " + Quoted.text(zone) + " has no nodes";
    }

    String text() {
        return name + (mode == ZoneMode.READ_WRITE ? "" : "(" + mode + ")") + "="
                + nodes.stream().map(NodeAddress::text).collect(Collectors.joining(","));
    }

    /** Returns this with another mode. */
    public Zone withMode(ZoneMode other) {
        return new Zone(name, other, nodes);
    }

    /** The name, and the mode if it is not the usual one: {@code eu-west-1a(2 nodes, WRITE_ONLY)}. */
    @Override
    public String toString() {
        return name + "(" + nodes.size() + (nodes.size() == 1 ? " node" : " nodes")
                + (mode == ZoneMode.READ_WRITE ? "" : ", " + mode) + ")";
    }
}
