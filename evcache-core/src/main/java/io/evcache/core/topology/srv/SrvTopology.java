package io.evcache.core.topology.srv;

import io.evcache.core.topology.NodeAddress;
import io.evcache.core.topology.PolledTopology;
import io.evcache.core.topology.ZoneByZone;
import io.evcache.core.topology.ZoneTemplate;
import io.evcache.core.topology.dns.NameServer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A topology whose nodes are the targets of SRV records: one name per zone, such as {@code _memcache._tcp.memcached-a.cache.svc.cluster.local}. A node is known by the name and port of its record, so that a
 * server that comes back under another address keeps its keys. Priorities and weights are not looked at: every record is a node like the others.
 *
 * <p>Asked again every five seconds, past every cache. A zone whose name cannot be resolved keeps its nodes. Names are taken as they are, without a search list: write them in full.
 */
public final class SrvTopology {
    private static final Duration INTERVAL = Duration.ofSeconds(5);

    private SrvTopology() {}

    /**
     * Returns the provider that asks the name servers of the machine.
     *
     * @param template {@code _memcache._tcp.memcached-{zone}.cache.svc.cluster.local}
     * @param zones in the order of fallback; at least one
     */
    public static PolledTopology of(String template, String... zones) {
        return of(template, NameServer.ofSystem(), zones);
    }

    /** Returns the provider that asks this name server; see {@link #of(String, String...)}. */
    public static PolledTopology of(String template, NameServer server, String... zones) {
        ZoneTemplate names = ZoneTemplate.ofName(template);
        List<String> all = names.checked(zones);
        return PolledTopology.of(
                "srv " + template, () -> new ZoneByZone(all, zone -> nodes(names.of(zone), server)), INTERVAL);
    }

    private static List<NodeAddress> nodes(String name, NameServer server) throws IOException {
        List<NodeAddress> nodes = new ArrayList<>();
        for (String record : server.records(name, "SRV")) {
            nodes.add(node(record));
        }
        if (nodes.isEmpty()) {
            throw new IOException(name + " has no SRV records");
        }
        return nodes;
    }

    private static NodeAddress node(String record) {
        String[] parts = record.split(" ");
        if (parts.length != 4) {
            throw new IllegalArgumentException("not an SRV record: '" + record + "'");
        }
        String target = parts[3].endsWith(".") ? parts[3].substring(0, parts[3].length() - 1) : parts[3];
        return new NodeAddress(target, Integer.parseInt(parts[2]));
    }
}
