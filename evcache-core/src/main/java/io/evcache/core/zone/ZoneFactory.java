package io.evcache.core.zone;

import io.evcache.core.command.Route;
import io.evcache.core.node.ConnectionPool;
import io.evcache.core.node.NodeRoute;
import io.evcache.core.node.Reconnection;
import io.evcache.core.ring.KetamaRing;
import io.evcache.core.ring.RingDialect;
import io.evcache.core.ring.RingMember;
import io.evcache.core.topology.NodeAddress;
import io.evcache.core.topology.Zone;
import io.evcache.core.topology.ZoneMode;
import io.evcache.core.transport.HostNames;
import io.evcache.core.transport.Transport;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Composes a zone's route: a ring over its nodes, each over its connections. A node that was there before keeps its connections, whatever else changes around it.
 * Confined to the admin thread.
 */
final class ZoneFactory {
    private static final Logger LOG = LoggerFactory.getLogger(ZoneFactory.class);

    private record Place(String zone, NodeAddress node) {}

    private final ClusterConfig config;
    private final Transport transport;
    private final ScheduledExecutorService admin;
    private final HostNames names;
    private Map<Place, NodeRoute> nodes = new HashMap<>();
    private Map<NodeAddress, String> ips = Map.of();

    ZoneFactory(ClusterConfig config, Transport transport, ScheduledExecutorService admin, HostNames names) {
        this.config = config;
        this.transport = transport;
        this.admin = admin;
        this.names = names;
    }

    /**
     * Finds the addresses that the ring dialect hashes; the default one places keys by configured text, whatever DNS says today. A node that was there before keeps the address it had, so that a change needs the name
     * servers for what is new only, and no key moves with the answer to a look-up.
     *
     * @return completes on any thread; fails with {@link IllegalArgumentException}, as the cause, if a name cannot be resolved
     */
    CompletableFuture<Map<NodeAddress, String>> addresses(List<Zone> zones) {
        if (config.dialect() == RingDialect.LIBMEMCACHED) {
            return CompletableFuture.completedFuture(Map.of());
        }
        Map<NodeAddress, CompletableFuture<String>> found = new HashMap<>();
        for (Zone zone : zones) {
            for (NodeAddress node : zone.nodes()) {
                if (node.id() == null && node.isNamed()) { // with an id the address decides nothing
                    String known = ips.get(node);
                    found.put(node, known == null ? address(node) : CompletableFuture.completedFuture(known));
                }
            }
        }
        return CompletableFuture.allOf(found.values().toArray(CompletableFuture<?>[]::new))
                .thenApply(all -> found.entrySet().stream()
                        .collect(Collectors.toMap(
                                Map.Entry::getKey, node -> node.getValue().join())));
    }

    private CompletableFuture<String> address(NodeAddress node) {
        return names.addresses(node.host()).toCompletableFuture().handle((addresses, failure) -> {
            if (failure != null) {
                throw new IllegalArgumentException(
                        "the " + config.dialect() + " ring hashes ip addresses, and " + node.host()
                                + " cannot be resolved",
                        failure);
            }
            return addresses.get(0).getHostAddress();
        });
    }

    /**
     * Builds the view of these zones.
     *
     * @param ips their {@link #addresses}
     * @throws RuntimeException if it cannot be built, such as for a weight too small for a single point; nothing has changed then
     */
    Built build(List<Zone> zones, Map<NodeAddress, String> ips) {
        Map<Place, NodeRoute> current = new HashMap<>();
        List<ZoneRoute> routes = new ArrayList<>();
        try {
            for (Zone zone : zones) {
                routes.add(route(zone, ips, current));
            }
        } catch (RuntimeException | Error e) { // it is tried again, and would leave more of them each time
            without(current, nodes).forEach(NodeRoute::close);
            throw e;
        }
        List<NodeRoute> removed = without(nodes, current);
        nodes = current;
        this.ips = ips;
        return new Built(new ClusterView(routes), removed);
    }

    private static List<NodeRoute> without(Map<Place, NodeRoute> all, Map<Place, NodeRoute> kept) {
        Map<Place, NodeRoute> rest = new HashMap<>(all);
        rest.keySet().removeAll(kept.keySet());
        return List.copyOf(rest.values());
    }

    private ZoneRoute route(Zone zone, Map<NodeAddress, String> ips, Map<Place, NodeRoute> current) {
        List<RingMember<NodeRoute>> members = new ArrayList<>();
        for (NodeAddress node : zone.nodes()) {
            Place place = new Place(zone.name(), node);
            NodeRoute known = nodes.get(place);
            NodeRoute route = known == null ? open(place) : known;
            current.put(place, route);
            members.add(new RingMember<>(
                    node.id(), node.host(), ips.getOrDefault(node, node.ip()), node.port(), node.weight(), route));
        }
        KetamaRing<NodeRoute> whole = KetamaRing.of(config.dialect(), members);
        KetamaRing<NodeRoute> ring =
                config.keepTogetherBefore().map(whole::keepingTogetherBefore).orElse(whole);
        LOG.info("[{}|{}] {} fingerprint {}, {}", config.name(), zone.name(), ring, ring.fingerprint(), zone.nodes());
        ring.nodesWithoutKeys()
                .forEach(node -> LOG.warn(
                        "[{}|{}] no key belongs to node {}: to the {} ring it is the same as another one of the zone; an id tells them apart",
                        config.name(),
                        zone.name(),
                        node.address(),
                        config.dialect()));
        Route route = new RingRoute(ring);
        Route complete = config.bigValues()
                .map(how -> (Route) new BigValueRoute(route, how))
                .orElse(route);
        return new ZoneRoute(zone.name(), ZoneMode.READ_WRITE, complete, ring).withMode(zone.mode());
    }

    private NodeRoute open(Place place) {
        String logName = config.name() + "|" + place.zone() + "|" + place.node();
        ConnectionPool pool = ConnectionPool.start(
                transport, new Reconnection(place.node(), logName, admin, names, config.backoff()));
        return new NodeRoute(place.node(), place.zone(), pool);
    }

    record Built(ClusterView view, List<NodeRoute> removed) {}
}
