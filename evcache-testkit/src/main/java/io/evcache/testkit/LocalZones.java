package io.evcache.testkit;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Zones of real memcached nodes, with the verbs of {@link EmbeddedZones}.
 *
 * <p>Nodes keep their ports over stops and starts. Thread-safe as far as each {@link LocalMemcached} is: two threads
 * that switch the same zone at once leave it in a mixture of both states.
 */
public final class LocalZones implements AutoCloseable {
    private final Map<String, List<LocalMemcached>> zones;

    private LocalZones(Map<String, List<LocalMemcached>> zones) {
        this.zones = zones;
    }

    /**
     * Starts all nodes, about 10 ms each.
     *
     * @param nodesPerZone at least 1
     * @param zoneNames at least one, all different, none with {@code = ; ,} or white space in it
     */
    public static LocalZones start(MemcachedBinary binary, int nodesPerZone, String... zoneNames) {
        requireNonNull(binary, "binary");
        if (nodesPerZone < 1 || zoneNames.length == 0 || new HashSet<>(List.of(zoneNames)).size() != zoneNames.length) {
            throw new IllegalArgumentException(nodesPerZone + " nodes in each of " + List.of(zoneNames));
        }
        LocalZones all = new LocalZones(new LinkedHashMap<>());
        try {
            for (String zone : zoneNames) {
                if (!zone.matches("[^=;,\\s]+")) {
                    throw new IllegalArgumentException("not a zone name: '" + zone + "'");
                }
                List<LocalMemcached> nodes = new ArrayList<>();
                all.zones.put(zone, nodes);
                for (int node = 0; node < nodesPerZone; node++) {
                    nodes.add(LocalMemcached.start(binary));
                }
            }
            return all;
        } catch (RuntimeException e) {
            all.close();
            throw e;
        }
    }

    /** In the order in which they were given. */
    public Set<String> zoneNames() {
        return Collections.unmodifiableSet(zones.keySet());
    }

    /** The nodes of the zone, in the order of the connect string. */
    public List<LocalMemcached> nodes(String zone) {
        List<LocalMemcached> nodes = zones.get(requireNonNull(zone, "zone"));
        if (nodes == null) {
            throw new IllegalArgumentException("no zone " + zone + " among " + zones.keySet());
        }
        return Collections.unmodifiableList(nodes);
    }

    /** One node of the zone, counted from 0. */
    public LocalMemcached node(String zone, int index) {
        return nodes(zone).get(index);
    }

    /** All nodes for a client's configuration: {@code a=127.0.0.1:4001,127.0.0.1:4002;b=…}. */
    public String connectString() {
        return zones.entrySet().stream()
                .map(zone -> zone.getKey() + "="
                        + zone.getValue().stream().map(LocalMemcached::address).collect(Collectors.joining(",")))
                .collect(Collectors.joining(";"));
    }

    /** Kills all nodes of the zone (SIGKILL): what they held is lost, and connecting is refused. */
    public void stopZone(String zone) {
        nodes(zone).forEach(LocalMemcached::kill);
    }

    /** Starts those nodes of the zone that are stopped, empty, on their ports. */
    public void startZone(String zone) {
        nodes(zone).stream().filter(node -> !node.isRunning()).forEach(LocalMemcached::restart);
    }

    /** Hangs those nodes of the zone that run (SIGSTOP): connections open, nothing is answered. */
    public void hangZone(String zone) {
        ifRunning(zone, LocalMemcached::hang);
    }

    /** Lets the hung nodes of the zone go on, with all that they hold. */
    public void resumeZone(String zone) {
        ifRunning(zone, LocalMemcached::resume);
    }

    /** Kills all nodes. Repeating it does nothing. */
    @Override
    public void close() {
        zones.values().forEach(nodes -> nodes.forEach(LocalMemcached::close));
    }

    private void ifRunning(String zone, Consumer<LocalMemcached> signal) {
        nodes(zone).stream().filter(LocalMemcached::isRunning).forEach(signal);
    }

    @Override
    public String toString() {
        return "LocalZones(" + connectString() + ")";
    }
}
