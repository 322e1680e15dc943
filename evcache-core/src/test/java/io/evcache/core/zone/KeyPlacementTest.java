package io.evcache.core.zone;

import static org.assertj.core.api.Assertions.assertThat;

import io.evcache.core.command.Store;
import io.evcache.core.command.StoreReply;
import io.evcache.core.key.Key;
import io.evcache.core.ring.RingDialect;
import io.evcache.core.time.Deadline;
import io.evcache.core.time.Ticker;
import io.evcache.core.topology.Topology;
import io.evcache.core.topology.TopologyProvider;
import io.evcache.core.transport.TransportConfig;
import io.evcache.core.transport.netty.NettyTransport;
import io.evcache.core.value.Codec;
import io.evcache.core.value.Ttl;
import io.evcache.testkit.EmbeddedZones;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What a configuration says about where keys live, as the servers see it. */
class KeyPlacementTest {

    private static final ClusterConfig CONFIG = ClusterConfig.of("placement", RingDialect.SPYMEMCACHED);

    @Test
    void keysFollowTheIdsOfNodesAndNotTheirAddresses() {
        try (EmbeddedZones servers = EmbeddedZones.start(3, "a")) {
            List<Set<String>> before = keysByNode(CONFIG, servers, "n0@%s,n1@%s,n2@%s*1");
            servers.flush();

            List<Set<String>> after = keysByNode(CONFIG, servers, "n1@%s,n2@%s,n0@%s");

            assertThat(before).allSatisfy(keys -> assertThat(keys).isNotEmpty());
            assertThat(after).containsExactly(before.get(1), before.get(2), before.get(0));
        }
    }

    @Test
    void heavierNodesHaveMoreKeys() {
        try (EmbeddedZones servers = EmbeddedZones.start(3, "a")) {
            List<Set<String>> keys = keysByNode(CONFIG, servers, "n0@%s,n1@%s*6,n2@%s");

            assertThat(keys.get(1).size())
                    .isGreaterThan(2 * (keys.get(0).size() + keys.get(2).size()));
        }
    }

    @Test
    void keysOfOneBeginningAreOnOneNode() {
        try (EmbeddedZones servers = EmbeddedZones.start(3, "a")) {
            List<Set<String>> keys = keysByNode(CONFIG.withKeysTogetherBefore(":"), servers, "n0@%s,n1@%s,n2@%s");

            assertThat(keys)
                    .allSatisfy(node -> assertThat(node)
                            .isNotEmpty()
                            .allSatisfy(key -> assertThat(node)
                                    .contains(key.replace(":mail", ":name"), key.replace(":name", ":mail"))));
        }
    }

    /** Stores two items for each of a hundred users, and says which server then holds which. */
    private static List<Set<String>> keysByNode(ClusterConfig config, EmbeddedZones servers, String nodes) {
        Object[] addresses =
                servers.nodes("a").stream().map(node -> (Object) node.address()).toArray();
        Topology topology = Topology.parse("a=" + String.format(nodes, addresses));
        try (Cluster cluster = Cluster.open(
                config, TopologyProvider.fixed(topology), NettyTransport.start(TransportConfig.defaults()))) {
            assertThat(cluster.awaitFirstAttempts(soon())).isTrue();
            ZoneRoute zone = cluster.view().zones().get(0);
            IntStream.range(0, 100)
                    .forEach(i -> List.of("name", "mail").forEach(what -> {
                        Key key = Key.of("user-" + i + ":" + what);
                        StoreReply reply = zone.send(Store.set(key, Codec.utf8().encode("x"), Ttl.none()), soon())
                                .await(soon());
                        assertThat(reply).isEqualTo(StoreReply.STORED);
                    }));
        }
        return servers.nodes("a").stream().map(node -> node.keys()).toList();
    }

    private static Deadline soon() {
        return Deadline.after(Duration.ofSeconds(10), Ticker.system());
    }
}
