package io.evcache.testkit;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Some zones of some real memcached nodes each, named {@code a}, {@code b}, {@code c} and so on.
 *
 * <p>Nodes keep their ports over stops and starts. Thread-safe as far as each {@link LocalMemcached} is: two threads
 * that switch the same zone at once leave it in a mixture of both states.
 */
public final class LocalZones implements AutoCloseable {
    private static final int MAX_ZONES = 26;

    private final Map<String, List<LocalMemcached>> zones;

    private LocalZones(Map<String, List<LocalMemcached>> zones) {
        this.zones = zones;
    }

    /**
     * Starts all nodes, about 10 ms each.
     *
     * @param zones from 1 to 26
     * @param nodesPerZone at least 1
     * @param options as for {@link LocalMemcached#start}, for every node
     */
    public static LocalZones start(MemcachedBinary binary, int zones, int nodesPerZone, String... options) {
        requireNonNull(binary, "binary");
        if (zones < 1 || zones > MAX_ZONES || nodesPerZone < 1) {
            throw new IllegalArgumentException(zones + " zones of " + nodesPerZone + " nodes");
        }
        LocalZones all = new LocalZones(new LinkedHashMap<>());
        try {
            for (int zone = 0; zone < zones; zone++) {
                List<LocalMemcached> nodes = new ArrayList<>();
                all.zones.put(String.valueOf((char) ('a' + zone)), nodes);
                for (int node = 0; node < nodesPerZone; node++) {
                    nodes.add(LocalMemcached.start(binary, options));
                }
            }
            return all;
        } catch (RuntimeException e) {
            all.close();
            throw e;
        }
    }

    /** The names of the zones, in order. */
    public List<String> zoneNames() {
        return List.copyOf(zones.keySet());
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
                        + zone.getValue().stream().map(LocalZones::hostAndPort).collect(Collectors.joining(",")))
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

    private static String hostAndPort(LocalMemcached node) {
        return node.address().getHostString() + ":" + node.port();
    }

    @Override
    public String toString() {
        return "LocalZones(" + connectString() + ")";
    }
}
