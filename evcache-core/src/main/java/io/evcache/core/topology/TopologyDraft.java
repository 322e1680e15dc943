package io.evcache.core.topology;

import static java.util.Objects.requireNonNull;

import io.evcache.core.error.InvalidConfiguration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Collects zones as somebody wrote them, right or wrong, and says everything that is wrong with them.
 *
 * <p>Adding never throws on bad content, so a configuration can be reported as a whole. Not for use by several threads.
 */
public final class TopologyDraft {

    static final String NO_ZONES = "there are no zones";

    private final List<String> problems = new ArrayList<>();
    private final List<String> names = new ArrayList<>();
    private final List<Placed> placed = new ArrayList<>();
    private final List<Entry> entries = new ArrayList<>();

    /** A node and the zone it was named in. */
    record Placed(String zone, NodeAddress node) {}

    private record Entry(String name, ZoneMode mode, List<NodeAddress> nodes) {}

    /** Adds the zones of a text as read by {@link Topology#parse}. */
    public TopologyDraft text(String text) {
        String[] parts = requireNonNull(text, "text").strip().split(";", -1);
        for (int i = 0; i < parts.length; i++) {
            String part = parts[i].strip();
            boolean endOfText = i == parts.length - 1;
            if (part.isEmpty()) {
                if (!endOfText) {
                    problems.add("there is nothing before semicolon " + (i + 1));
                }
                continue;
            }
            int equals = part.indexOf('=');
            if (equals < 0) {
                problems.add("no '=' in " + Quoted.text(part) + "; expected zone=host:port,host:port");
                continue;
            }
            String nodes = part.substring(equals + 1).strip();
            textZone(part.substring(0, equals).strip(), nodes.isEmpty() ? List.of() : List.of(nodes.split(",", -1)));
        }
        return this;
    }

    private void textZone(String name, List<String> nodes) {
        int parenthesis = name.indexOf('(');
        if (parenthesis < 0 || !name.endsWith(")")) {
            zone(name, ZoneMode.READ_WRITE, nodes);
            return;
        }
        String bare = name.substring(0, parenthesis).strip();
        String mode = name.substring(parenthesis + 1, name.length() - 1).strip();
        try {
            zone(bare, ZoneMode.valueOf(mode), nodes);
        } catch (IllegalArgumentException e) {
            zone(bare, ZoneMode.READ_WRITE, nodes);
            problems.add("zone " + Quoted.text(bare) + " has the mode " + Quoted.text(mode) + "; expected one of "
                    + List.of(ZoneMode.values()));
        }
    }

    /** Adds a zone whose nodes are texts as read by {@link NodeAddress#parse}; blanks around them are dropped. */
    public TopologyDraft zone(String name, ZoneMode mode, List<String> nodes) {
        List<NodeAddress> addresses = new ArrayList<>();
        checkZone(name, mode, nodes.isEmpty());
        for (String node : nodes) {
            List<String> found = new ArrayList<>();
            NodeAddress address = NodeAddress.parse(node.strip(), found);
            found.forEach(problem -> problems.add("zone " + Quoted.text(name) + ": " + problem));
            if (address != null) {
                addresses.add(address);
            }
        }
        return add(name, mode, addresses);
    }

    /** Adds a zone whose nodes are already addresses. */
    public TopologyDraft zoneOf(String name, ZoneMode mode, List<NodeAddress> nodes) {
        checkZone(name, mode, nodes.isEmpty());
        return add(name, mode, nodes);
    }

    private void checkZone(String name, ZoneMode mode, boolean empty) {
        requireNonNull(mode, "mode");
        problems.addAll(Zone.nameProblems(name));
        if (empty) {
            problems.add(Zone.noNodes(name));
        }
    }

    private TopologyDraft add(String name, ZoneMode mode, List<NodeAddress> nodes) {
        names.add(name);
        nodes.forEach(node -> placed.add(new Placed(name, node)));
        entries.add(new Entry(name, mode, List.copyOf(nodes)));
        return this;
    }

    /** The modes of the zones so far, by name, in the order they were added; of two zones of one name the later. */
    public Map<String, ZoneMode> modes() {
        Map<String, ZoneMode> modes = new LinkedHashMap<>();
        entries.forEach(entry -> modes.put(entry.name(), entry.mode()));
        return Collections.unmodifiableMap(modes);
    }

    /** Everything that is wrong so far, in the order it was added, conflicts between zones last; empty if nothing is. */
    public List<String> problems() {
        List<String> all = new ArrayList<>(problems);
        if (entries.isEmpty() && problems.isEmpty()) {
            all.add(NO_ZONES);
        }
        all.addAll(duplicateNames(names));
        all.addAll(duplicates(placed));
        return List.copyOf(all);
    }

    /**
     * The topology.
     *
     * @throws InvalidConfiguration with all {@link #problems()} if there are any
     */
    public Topology build() {
        List<String> all = problems();
        if (!all.isEmpty()) {
            throw new InvalidConfiguration(all);
        }
        return new Topology(entries.stream()
                .map(entry -> new Zone(entry.name(), entry.mode(), entry.nodes()))
                .toList());
    }

    static List<String> duplicateNames(List<String> names) {
        Set<String> seen = new LinkedHashSet<>();
        Set<String> repeated = new LinkedHashSet<>();
        for (String name : names) {
            if (!seen.add(name) && !name.isEmpty()) {
                repeated.add(name);
            }
        }
        return repeated.stream()
                .map(name -> "zone " + Quoted.text(name) + " is named more than once")
                .toList();
    }

    static List<String> duplicates(List<Placed> placed) {
        List<String> found = new ArrayList<>();
        for (int i = 0; i < placed.size(); i++) {
            for (int k = 0; k < i; k++) {
                Placed first = placed.get(k);
                Placed second = placed.get(i);
                if (first.node().isSameServer(second.node())) {
                    found.add(duplicate(first, second));
                    break;
                }
                String id = second.node().id();
                if (id != null && id.equals(first.node().id()) && first.zone().equals(second.zone())) {
                    found.add("nodes " + first.node() + " and " + second.node() + " of zone "
                            + Quoted.text(first.zone()) + " have the same id " + Quoted.text(id));
                    break;
                }
            }
        }
        return found;
    }

    private static String duplicate(Placed first, Placed second) {
        String where = first.zone().equals(second.zone())
                ? "twice in zone " + Quoted.text(first.zone())
                : "in zone " + Quoted.text(first.zone()) + " and in zone " + Quoted.text(second.zone());
        String as =
                first.node().equals(second.node()) ? "" : " (as " + first.node().text() + ")";
        return "node " + second.node().text() + as + " is " + where;
    }
}
