package io.evcache.testkit;

import static java.util.Objects.requireNonNull;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Zones of {@link EmbeddedMemcached} servers: what a client that keeps one full copy of the data per zone connects to.
 *
 * <p>Whole zones and single nodes can be stopped, started and hung while clients are connected, and every node can be
 * looked into. Which node of a zone holds a key is the client's decision; the methods that ask for a zone look at all its
 * nodes. Thread-safe as the servers are.
 *
 * <pre>{@code
 * try (EmbeddedZones zones = EmbeddedZones.start(2, "a", "b", "c")) {
 *     connect(zones.connectString());
 *     zones.stopZone("a");
 * }
 * }</pre>
 */
public final class EmbeddedZones implements AutoCloseable {
    private final Map<String, List<EmbeddedMemcached>> zones;

    private EmbeddedZones(Map<String, List<EmbeddedMemcached>> zones) {
        this.zones = Collections.unmodifiableMap(zones);
    }

    /**
     * Starts zones with all defaults.
     *
     * @param nodesPerZone at least 1
     * @param zoneNames at least one, all different, none with {@code = ; ,} or white space in it
     */
    public static EmbeddedZones start(int nodesPerZone, String... zoneNames) {
        return builder().zones(nodesPerZone, zoneNames).start();
    }

    /** Settings for zones that differ from the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** {@code a=127.0.0.1:1,127.0.0.1:2;b=…}; stays the same while nodes stop and start. */
    public String connectString() {
        return zones.entrySet().stream()
                .map(zone -> zone.getKey() + "="
                        + zone.getValue().stream()
                                .map(EmbeddedMemcached::address)
                                .collect(Collectors.joining(",")))
                .collect(Collectors.joining(";"));
    }

    /** In the order in which they were given. */
    public Set<String> zoneNames() {
        return zones.keySet();
    }

    /**
     * The nodes of a zone.
     *
     * @throws IllegalArgumentException when there is no such zone
     */
    public List<EmbeddedMemcached> nodes(String zone) {
        List<EmbeddedMemcached> nodes = zones.get(zone);
        if (nodes == null) {
            throw new IllegalArgumentException("no zone " + zone + " in " + zones.keySet());
        }
        return nodes;
    }

    /** One node, counted from 0; stop, restart or hang it with its own methods. */
    public EmbeddedMemcached node(String zone, int index) {
        return nodes(zone).get(index);
    }

    /** Stops all nodes of the zone, as {@link EmbeddedMemcached#stop()} does; their data is lost. */
    public void stopZone(String zone) {
        nodes(zone).forEach(EmbeddedMemcached::stop);
    }

    /** Starts those nodes of the zone that are stopped, empty and on their old ports. */
    public void startZone(String zone) {
        for (EmbeddedMemcached node : nodes(zone)) {
            if (!node.isRunning()) {
                node.restart();
            }
        }
    }

    /** Hangs all nodes of the zone, as {@link EmbeddedMemcached#hang()} does; their data stays. */
    public void hangZone(String zone) {
        nodes(zone).forEach(EmbeddedMemcached::hang);
    }

    /** Ends {@link #hangZone}. */
    public void resumeZone(String zone) {
        nodes(zone).forEach(EmbeddedMemcached::resume);
    }

    /**
     * The zones of which at least one node holds the key, in their order.
     *
     * @param key as on the wire, prefixes included
     */
    public Set<String> zonesHolding(String key) {
        Set<String> holding = new LinkedHashSet<>();
        for (String zone : zones.keySet()) {
            if (peek(zone, key).isPresent()) {
                holding.add(zone);
            }
        }
        return holding;
    }

    /** What the first node of the zone that holds the key holds; does not count as a use. */
    public Optional<EmbeddedMemcached.Item> peek(String zone, String key) {
        return nodes(zone).stream().flatMap(node -> node.peek(key).stream()).findFirst();
    }

    /** Removes all items from all nodes. */
    public void flush() {
        allNodes().forEach(EmbeddedMemcached::flush);
    }

    /** Brings every node back to a good state, as {@link EmbeddedMemcached#reset()} does: running, answering, empty. */
    public void reset() {
        allNodes().forEach(EmbeddedMemcached::reset);
    }

    private List<EmbeddedMemcached> allNodes() {
        return zones.values().stream().flatMap(List::stream).toList();
    }

    /** Stops all nodes for good. May be repeated. */
    @Override
    public void close() {
        allNodes().forEach(EmbeddedMemcached::close);
    }

    @Override
    public String toString() {
        return "EmbeddedZones(" + connectString() + ")";
    }

    /** Settings; each method returns this builder. */
    public static final class Builder {
        private final Map<String, Integer> nodesPerZone = new LinkedHashMap<>();
        private final EmbeddedMemcached.Builder node = EmbeddedMemcached.builder();

        private Builder() {}

        /** Adds zones of {@code nodesPerZone} nodes each; call again for zones of another size. */
        public Builder zones(int nodesPerZone, String... zoneNames) {
            for (String zone : zoneNames) {
                add(nodesPerZone, zone);
            }
            return this;
        }

        private void add(int nodes, String zone) {
            requireNonNull(zone, "zone");
            if (nodes < 1) {
                throw new IllegalArgumentException("zone " + zone + " with " + nodes + " nodes");
            }
            if (zone.isEmpty() || zone.chars().anyMatch(c -> Character.isWhitespace(c) || "=;,".indexOf(c) >= 0)) {
                throw new IllegalArgumentException("zone name '" + zone + "'");
            }
            if (nodesPerZone.putIfAbsent(zone, nodes) != null) {
                throw new IllegalArgumentException("zone " + zone + " twice");
            }
        }

        /** What all nodes answer like. Default {@link Capabilities#V1_6_38}. */
        public Builder capabilities(Capabilities capabilities) {
            node.capabilities(capabilities);
            return this;
        }

        /** What all nodes measure expiry with. Default: the system's clock. */
        public Builder clock(InstantSource clock) {
            node.clock(clock);
            return this;
        }

        /** See {@link EmbeddedMemcached.Builder#maxItemBytes}. */
        public Builder maxItemBytes(long bytes) {
            node.maxItemBytes(bytes);
            return this;
        }

        /** Per node; see {@link EmbeddedMemcached.Builder#maxMemoryBytes}. */
        public Builder maxMemoryBytes(long bytes) {
            node.maxMemoryBytes(bytes);
            return this;
        }

        /**
         * Starts all nodes; they accept connections when this returns.
         *
         * @throws IllegalArgumentException when no zone was added
         */
        public EmbeddedZones start() {
            if (nodesPerZone.isEmpty()) {
                throw new IllegalArgumentException("no zones");
            }
            List<EmbeddedMemcached> started = new ArrayList<>();
            try {
                Map<String, List<EmbeddedMemcached>> zones = new LinkedHashMap<>();
                nodesPerZone.forEach((zone, count) -> {
                    List<EmbeddedMemcached> nodes = new ArrayList<>();
                    for (int i = 0; i < count; i++) {
                        EmbeddedMemcached server = node.start();
                        started.add(server);
                        nodes.add(server);
                    }
                    zones.put(zone, List.copyOf(nodes));
                });
                return new EmbeddedZones(zones);
            } catch (RuntimeException e) {
                started.forEach(EmbeddedMemcached::close);
                throw e;
            }
        }
    }
}
