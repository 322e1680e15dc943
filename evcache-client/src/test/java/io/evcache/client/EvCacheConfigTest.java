package io.evcache.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evcache.client.pipeline.ReadPolicy;
import io.evcache.client.pipeline.WritePolicy;
import io.evcache.core.error.InvalidConfiguration;
import io.evcache.core.ring.RingDialect;
import io.evcache.core.topology.NodeAddress;
import io.evcache.core.topology.Topology;
import io.evcache.core.topology.Zone;
import io.evcache.core.topology.ZoneMode;
import io.evcache.core.zone.BigValues;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class EvCacheConfigTest {

    @Test
    void textNamesZonesAndLeavesTheRestToDefaults() {
        EvCacheConfig config = EvCacheConfig.parse("a=h1:1,h2:2;b=h3:3");

        assertThat(config.topology().orElseThrow())
                .isEqualTo(Topology.of(
                        Zone.of("a", new NodeAddress("h1", 1), new NodeAddress("h2", 2)),
                        Zone.of("b", new NodeAddress("h3", 3))));
        assertThat(config.localZone()).isEqualTo("a");
        assertThat(config.readTimeout()).isEqualTo(Duration.ofMillis(100));
        assertThat(config.writeTimeout()).isEqualTo(Duration.ofMillis(500));
        assertThat(config.readPolicy()).isSameAs(ReadPolicy.LOCAL_FIRST);
        assertThat(config.writePolicy()).isSameAs(WritePolicy.QUORUM);
        assertThat(config.ringDialect()).isSameAs(RingDialect.LIBMEMCACHED);
        assertThat(config.maxValueBytes()).isEqualTo(1_047_552);
    }

    @Test
    void everythingCanBeSaidInCode() {
        EvCacheConfig config = EvCacheConfig.builder()
                .region("eu-west-1")
                .localZone("eu-west-1b")
                .zone("eu-west-1a", "10.0.1.10:11211", "10.0.1.11:11211")
                .zone("eu-west-1b", "10.0.2.10:11211", "10.0.2.11:11211")
                .zone(
                        "eu-west-1c",
                        z -> z.nodes(List.of(new NodeAddress("10.0.3.10", 11211)))
                                .mode(ZoneMode.WRITE_ONLY))
                .readTimeout(Duration.ofMillis(20))
                .writeTimeout(Duration.ofMillis(250))
                .connectTimeout(Duration.ofMillis(300))
                .connectionsPerNode(3)
                .maxInFlightPerConnection(99)
                .maxValueBytes(5_000_000)
                .writePolicy(WritePolicy.ALL)
                .build();

        assertThat(config.region()).isEqualTo("eu-west-1");
        assertThat(config.localZone()).isEqualTo("eu-west-1b");
        assertThat(config.topology()
                        .orElseThrow()
                        .zone("eu-west-1c")
                        .orElseThrow()
                        .mode())
                .isSameAs(ZoneMode.WRITE_ONLY);
        assertThat(config.transport().connectTimeout()).isEqualTo(Duration.ofMillis(300));
        assertThat(config.transport().lanes()).isEqualTo(3);
        assertThat(config.transport().maxInFlight()).isEqualTo(99);
        assertThat(config.maxValueBytes()).isEqualTo(5_000_000);
        assertThat(config.transport().maxQueuedBytes()).isGreaterThan(5_000_000);
    }

    @Test
    void localZoneIsTheFirstThatServesReadsUnlessNamed() {
        EvCacheConfig config = EvCacheConfig.builder()
                .zone("a", z -> z.nodes("h:1").mode(ZoneMode.WRITE_ONLY))
                .zone("b", "h:2")
                .build();

        assertThat(config.localZone()).isEqualTo("b");
    }

    @Test
    void everyProblemIsReportedAtOnce() {
        EvCacheConfig.Builder builder = EvCacheConfig.builder()
                .name("my client")
                .localZone("nowhere")
                .zone("a", "h:1", "h:1")
                .zone("a", "h:2")
                .zone("empty")
                .zone("c", "h:99999", "no-port")
                .readTimeout(Duration.ZERO)
                .writeTimeout(Duration.ofMillis(-1))
                .connectTimeout(Duration.ofDays(400_000))
                .connectionsPerNode(0)
                .maxInFlightPerConnection(-1)
                .maxValueBytes(0)
                .keepTogetherBefore("")
                .bigValues(10, 5)
                .bigValues(new BigValues(10, 100));

        assertThatThrownBy(builder::build).isInstanceOfSatisfying(InvalidConfiguration.class, failure -> {
            assertThat(failure.problems()).hasSize(16);
            assertThat(failure)
                    .hasMessageContainingAll(
                            "name must be",
                            "localZone 'nowhere' is not one of the zones",
                            "node h:1 is twice in zone 'a'",
                            "zone 'a' is named more than once",
                            "zone 'empty' has no nodes",
                            "99999",
                            "'no-port' has no port",
                            "readTimeout must be more than zero",
                            "writeTimeout must be more than zero",
                            "connectTimeout must be more than zero and at most",
                            "connectionsPerNode must be from 1 to 64, was 0",
                            "maxInFlightPerConnection",
                            "maxValueBytes must be",
                            "keepTogetherBefore must not be empty",
                            "bigValues: maxTotalBytes must be from chunkBytes = 10",
                            "bigValues must have chunks of at most maxValueBytes = 0, were 10");
        });
    }

    @Test
    void bigValuesAreTheLargestThatMayBeSetAndHaveRoomInTheQueues() {
        EvCacheConfig usual = EvCacheConfig.builder("a=h:1")
                .maxValueBytes(500_000)
                .bigValues()
                .build();
        EvCacheConfig chosen = EvCacheConfig.builder("a=h:1")
                .bigValues(new BigValues(100_000, 20_000_000))
                .keepTogetherBefore("/")
                .build();

        assertThat(usual.bigValues()).contains(new BigValues(500_000, 8 << 20));
        assertThat(usual.maxValueBytes()).isEqualTo(8 << 20);
        assertThat(usual.transport().maxValueBytes()).isEqualTo(500_000);
        assertThat(chosen.maxValueBytes()).isEqualTo(20_000_000);
        assertThat(chosen.transport().maxQueuedBytes()).isEqualTo(80_000_000);
        assertThat(chosen.keepTogetherBefore()).contains("/");
        assertThat(EvCacheConfig.parse("a=h:1").bigValues()).isEmpty();
        assertThat(EvCacheConfig.parse("a=h:1").keepTogetherBefore()).isEmpty();
    }

    @Test
    void delimiterAfterTheNameOfTheCacheIsRefused() {
        assertThatThrownBy(() ->
                        EvCacheConfig.builder("a=h:1").keepTogetherBefore(":").build())
                .hasMessageContaining("each cache would be on one node");
    }

    @Test
    void unreadableConfigurationsAreRefused() {
        UnaryOperator<ZoneSettings> filling = z -> z.nodes("h:1").mode(ZoneMode.WRITE_ONLY);

        assertThatThrownBy(() -> EvCacheConfig.builder().build()).hasMessage("there are no zones");
        assertThatThrownBy(() -> EvCacheConfig.parse("")).hasMessage("there are no zones");
        assertThatThrownBy(() -> EvCacheConfig.builder().zone("a", filling).build())
                .hasMessage("no zone is READ_WRITE, so nothing could be read");
        assertThatThrownBy(() -> EvCacheConfig.builder()
                        .zone("a", filling)
                        .zone("b", "h:2")
                        .localZone("a")
                        .build())
                .hasMessage("localZone 'a' is WRITE_ONLY, so it cannot be read first");
    }

    @Test
    void discoveredZonesNeedALocalZoneAndNoOthers() {
        assertThat(EvCacheConfig.builder()
                        .discoveredZones()
                        .localZone("a")
                        .build()
                        .topology())
                .isEmpty();
        assertThatThrownBy(
                        () -> EvCacheConfig.builder("b=h:1").discoveredZones().build())
                .isInstanceOfSatisfying(
                        InvalidConfiguration.class,
                        failure -> assertThat(failure.problems()).hasSize(2));
    }

    @Test
    void clientWithoutZonesAndWithoutDiscoveryIsRefused() {
        EvCacheConfig config =
                EvCacheConfig.builder().discoveredZones().localZone("a").build();

        assertThatThrownBy(() -> EvCacheClient.connect(config))
                .isInstanceOf(InvalidConfiguration.class)
                .hasMessageContaining("no TopologyProvider was given");
    }

    @Test
    @SuppressWarnings("NullAway") // the point of it
    void nullIsRefusedWithTheNameOfTheParameter() {
        assertThatThrownBy(() -> EvCacheConfig.builder().localZone(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("zone");
        assertThatThrownBy(() -> EvCacheConfig.builder().keepTogetherBefore(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("delimiter");
        assertThatThrownBy(() -> EvCacheConfig.builder().tls(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("tls");
    }
}
