package io.evcache.core.zone;

import static org.assertj.core.api.Assertions.assertThat;

import io.evcache.core.command.Get;
import io.evcache.core.command.Lookup;
import io.evcache.core.command.Store;
import io.evcache.core.command.StoreReply;
import io.evcache.core.command.Touch;
import io.evcache.core.command.TouchReply;
import io.evcache.core.key.Key;
import io.evcache.core.ring.RingDialect;
import io.evcache.core.time.Deadline;
import io.evcache.core.time.Ticker;
import io.evcache.core.topology.Topology;
import io.evcache.core.topology.TopologyProvider;
import io.evcache.core.transport.TransportConfig;
import io.evcache.core.transport.netty.NettyTransport;
import io.evcache.core.value.EncodedValue;
import io.evcache.core.value.Ttl;
import io.evcache.core.value.ValueFlags;
import io.evcache.testkit.EmbeddedZones;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Through the whole data plane, to servers with memcached's usual limit of 1 MiB. */
class BigValuesOnServersTest {

    private static final Key KEY = Key.of("user:42");

    @Test
    void valueLargerThanAServerTakesIsSpreadOverTheNodesAndReadBack() {
        byte[] bytes = new byte[5 << 20];
        new Random(3).nextBytes(bytes);
        EncodedValue value = new EncodedValue(bytes, ValueFlags.BYTES);
        TransportConfig transport = TransportConfig.defaults();
        ClusterConfig config = ClusterConfig.of("big", RingDialect.LIBMEMCACHED).withBigValues(BigValues.of(transport));
        try (EmbeddedZones servers = EmbeddedZones.start(3, "a");
                Cluster cluster = Cluster.open(
                        config,
                        TopologyProvider.fixed(Topology.parse(servers.connectString())),
                        NettyTransport.start(transport))) {
            assertThat(cluster.awaitFirstAttempts(soon())).isTrue();
            ZoneRoute zone = cluster.view().zones().get(0);

            StoreReply stored =
                    zone.send(Store.set(KEY, value, Ttl.ofSeconds(60)), soon()).await(soon());
            Lookup found = zone.send(Get.of(KEY), soon()).await(soon());
            TouchReply touched =
                    zone.send(new Touch(KEY, Ttl.ofSeconds(600)), soon()).await(soon());

            assertThat(stored).isEqualTo(StoreReply.STORED);
            assertThat(((Lookup.Hit) found).value()).isEqualTo(value);
            assertThat(touched).isEqualTo(TouchReply.TOUCHED);
            assertThat(servers.nodes("a").stream()
                            .mapToInt(node -> node.itemCount())
                            .sum())
                    .as("six chunks and the manifest")
                    .isEqualTo(7);
            assertThat(zone).asString().contains("BigValues(");
        }
    }

    private static Deadline soon() {
        return Deadline.after(Duration.ofSeconds(10), Ticker.system());
    }
}
