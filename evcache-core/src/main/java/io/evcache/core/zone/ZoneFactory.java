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
import io.evcache.core.transport.Transport;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
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
    private Map<Place, NodeRoute> nodes = new HashMap<>();

    ZoneFactory(ClusterConfig config, Transport transport, ScheduledExecutorService admin) {
        this.config = config;
        this.transport = transport;
        this.admin = admin;
    }

    /**
     * Builds the view of these zones.
     *
     * @throws RuntimeException if it cannot be built, such as for an address that the ring dialect needs and that cannot be resolved; nothing has changed then
     */
    Built build(List<Zone> zones) {
        Map<NodeAddress, String> ips = config.dialect() == RingDialect.LIBMEMCACHED ? Map.of() : resolve(zones);
        Map<Place, NodeRoute> current = new HashMap<>();
        List<ZoneRoute> routes = new ArrayList<>();
        try {
            for (Zone zone : zones) {
                routes.add(route(zone, ips, current));
            }
        } catch (RuntimeException e) {
            without(current, nodes).forEach(NodeRoute::close);
            throw e;
        }
        List<NodeRoute> removed = without(nodes, current);
        nodes = current;
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
        Route route = new RingRoute(ring);
        Route complete = config.bigValues()
                .map(how -> (Route) new BigValueRoute(route, how))
                .orElse(route);
        Route served = zone.mode() == ZoneMode.DRAINING ? new DrainingRoute(complete) : complete;
        return new ZoneRoute(zone.name(), zone.mode(), served, ring);
    }

    /** For the dialects that hash the address. The default one does not: it places keys by configured text, whatever DNS says today. */
    private Map<NodeAddress, String> resolve(List<Zone> zones) {
        Map<NodeAddress, String> ips = new HashMap<>();
        for (Zone zone : zones) {
            for (NodeAddress node : zone.nodes()) {
                if (node.id() == null) { // with an id the address decides nothing
                    ips.put(node, node.ip() == null ? resolve(node.host()) : node.ip());
                }
            }
        }
        return ips;
    }

    private String resolve(String host) {
        try {
            return InetAddress.getByName(host).getHostAddress();
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(
                    "the " + config.dialect() + " ring hashes ip addresses, and " + host + " cannot be resolved", e);
        }
    }

    private NodeRoute open(Place place) {
        String logName = config.name() + "|" + place.zone() + "|" + place.node();
        ConnectionPool pool =
                ConnectionPool.start(transport, new Reconnection(place.node(), logName, admin, config.backoff()));
        return new NodeRoute(place.node(), place.zone(), pool);
    }

    record Built(ClusterView view, List<NodeRoute> removed) {}
}
