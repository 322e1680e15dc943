package io.evcache.client;

import static java.util.Objects.requireNonNull;

import io.evcache.core.topology.NodeAddress;
import io.evcache.core.topology.ZoneMode;
import java.util.Collection;
import java.util.List;

/** One zone in an {@link EvCacheConfig.Builder}. Immutable: each method returns changed settings. */
public final class ZoneSettings {
    private final List<String> nodes;
    private final ZoneMode mode;

    ZoneSettings() {
        this(List.of(), ZoneMode.READ_WRITE);
    }

    private ZoneSettings(List<String> nodes, ZoneMode mode) {
        this.nodes = List.copyOf(nodes);
        this.mode = requireNonNull(mode, "mode");
    }

    /** Sets the nodes, each as {@code host:port}, {@code name/ip:port} or {@code [ipv6]:port}, with an id or a weight if wanted: {@code a3@host:port*2}; at least one. Default: none, which is a problem. */
    public ZoneSettings nodes(String... nodes) {
        return new ZoneSettings(List.of(nodes), mode);
    }

    /** Sets the nodes by their {@linkplain NodeAddress#text() texts}; at least one. */
    public ZoneSettings nodes(Collection<NodeAddress> nodes) {
        return new ZoneSettings(nodes.stream().map(NodeAddress::text).toList(), mode);
    }

    /** Sets what clients may do with the zone. Default: {@link ZoneMode#READ_WRITE}. */
    public ZoneSettings mode(ZoneMode mode) {
        return new ZoneSettings(nodes, mode);
    }

    List<String> nodes() {
        return nodes;
    }

    ZoneMode mode() {
        return mode;
    }
}
