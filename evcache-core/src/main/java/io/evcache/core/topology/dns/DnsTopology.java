package io.evcache.core.topology.dns;

import static java.util.Objects.requireNonNull;

import io.evcache.core.topology.NodeAddress;
import io.evcache.core.topology.PolledTopology;
import io.evcache.core.topology.ZoneByZone;
import io.evcache.core.topology.ZoneTemplate;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A topology whose nodes are the addresses of a name: one name per zone, such as a headless service of Kubernetes. Every address is a node, known by the text of the address: the order of the answers does not matter, and a node that is
 * replaced under another address is another node. Where addresses change with every restart, SRV records with names that stay move fewer keys.
 *
 * <p>Asked again every five seconds. A name that has both IPv4 and IPv6 addresses counts with the former only, since they are the same servers. A zone whose name cannot be resolved keeps its nodes.
 */
public final class DnsTopology {
    private static final Duration INTERVAL = Duration.ofSeconds(5);

    /** Returns the literal addresses of a host. */
    private interface Addresses {
        List<String> of(String host) throws IOException;
    }

    private DnsTopology() {}

    /**
     * Returns the provider that asks the machine's resolver, hosts file and search list included. The JVM keeps its answers for 30 seconds unless the security property {@code networkaddress.cache.ttl} says otherwise.
     *
     * @param template {@code memcached-{zone}.cache.svc:11211}
     * @param zones in the order of fallback; at least one
     * @throws IllegalArgumentException if the template names no port, or not the zone
     */
    public static PolledTopology of(String template, String... zones) {
        return of(template, DnsTopology::resolved, zones);
    }

    /** Returns the provider that asks a name server at each interval, past every cache; see {@link #of(String, String...)}. */
    public static PolledTopology of(String template, NameServer server, String... zones) {
        requireNonNull(server, "server");
        return of(template, host -> asked(server, host), zones);
    }

    private static PolledTopology of(String template, Addresses addresses, String... zones) {
        ZoneTemplate names = ZoneTemplate.withPort(template);
        List<String> all = names.checked(zones);
        return PolledTopology.of(
                "dns " + template, () -> new ZoneByZone(all, zone -> nodes(names, zone, addresses)), INTERVAL);
    }

    private static List<NodeAddress> nodes(ZoneTemplate names, String zone, Addresses addresses) throws IOException {
        NodeAddress name = NodeAddress.parse(names.of(zone));
        List<String> found = addresses.of(name.host());
        if (found.isEmpty()) {
            throw new IOException("zone " + zone + ": " + name.host() + " has no addresses");
        }
        return found.stream().map(ip -> new NodeAddress(ip, name.port())).toList();
    }

    private static List<String> asked(NameServer server, String host) throws IOException {
        List<String> ipv4 = server.records(host, "A");
        if (!ipv4.isEmpty()) {
            return ipv4;
        }
        List<String> ipv6 = new ArrayList<>();
        for (String text : server.records(host, "AAAA")) {
            // in the one form that both ways of asking share, as the text decides the place on the ring
            ipv6.add(InetAddress.getByName(text).getHostAddress());
        }
        return ipv6;
    }

    private static List<String> resolved(String host) throws IOException {
        List<String> ipv4 = new ArrayList<>();
        List<String> ipv6 = new ArrayList<>();
        for (InetAddress address : InetAddress.getAllByName(host)) {
            (address instanceof Inet4Address ? ipv4 : ipv6).add(address.getHostAddress());
        }
        return ipv4.isEmpty() ? ipv6 : ipv4;
    }
}
