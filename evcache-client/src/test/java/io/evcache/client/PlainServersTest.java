package io.evcache.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.evcache.client.GetResult.Status;
import io.evcache.client.load.CacheAside;
import io.evcache.client.pipeline.ReadPolicy;
import io.evcache.client.pipeline.ReadPolicy.Agreement;
import io.evcache.client.pipeline.WritePolicy;
import io.evcache.core.error.InvalidConfiguration;
import io.evcache.testkit.EmbeddedZonesExtension;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A client whose transport can do nothing beyond the classic text protocol. */
class PlainServersTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    @RegisterExtension
    static final EmbeddedZonesExtension servers = EmbeddedZonesExtension.of(1, "a", "b");

    private EvCacheClient client;
    private EvCache<String> cache;

    @BeforeEach
    void connect() {
        client = EvCacheClient.builder(config(servers))
                .transport(PlainTransport::start)
                .connect();
        cache = client.cache("c");
        await().until(() -> cache.set("k", "v"));
    }

    @AfterEach
    void close() {
        client.close();
    }

    private static EvCacheConfig config(EmbeddedZonesExtension zones) {
        return EvCacheConfig.builder(zones.connectString())
                .localZone("a")
                .readTimeout(LONG)
                .writeTimeout(LONG)
                .writePolicy(WritePolicy.ALL)
                .build();
    }

    @Test
    void missOfTheLocalZoneIsStillAskedOfTheOthersAndNotBackfilled() {
        servers.zones().node("a", 0).flush();

        GetResult<String> result = cache.lookup("k");

        // The second zone was asked how long the value has to live, could not tell, and its refusal read as a miss.
        assertThat(result.status()).as("%s", result.cause()).isSameAs(Status.HIT);
        assertThat(result.zone()).isEqualTo("b");
        assertThat(servers.zones().zonesHolding("c:k")).containsExactly("b");
    }

    @Test
    void zonesCanAgreeOnARead() {
        EvCache<String> agreed =
                cache.reading(ReadPolicy.consistent(Agreement.QUORUM).withBackfill());

        assertThat(agreed.lookup("k").status()).isSameAs(Status.HIT);
    }

    @Test
    void whatIsMovedFromThemIsFoundThoughItIsNotCopied() {
        try (EvCacheClient moving = EvCacheClient.builder(EvCacheConfig.builder(
                                "new=" + servers.zones().node("a", 0).address())
                        .readTimeout(LONG)
                        .build())
                .migratingFrom(client, migration -> migration.readTimeout(LONG))
                .connect()) {
            servers.zones().node("a", 0).flush();

            assertThat(moving.cache("c").get("k")).isEqualTo("v");
        }
    }

    @Test
    void whatTheyCannotDoIsSaidAtTheStartWithNodesAndTheirVersion() {
        String limits =
                new ZoneTable(client.config(), client.view()).limits(Set.of()).orElseThrow();

        assertThat(limits)
                .contains(servers.zones().node("a", 0).address() + " (1.4.39)")
                .contains(servers.zones().node("b", 0).address() + " (1.4.39)")
                .contains("remaining life", "memcached 1.6.12 or later", "not back-filled");
    }

    @Test
    void leasesAreRefusedAlsoWhileNobodyIsConnected() {
        servers.zones().stopZone("a");
        servers.zones().stopZone("b");
        await().until(() -> client.view().zones().stream()
                .noneMatch(zone -> zone.nodes().get(0).isConnected()));

        assertThatThrownBy(() -> CacheAside.over(cache, (String key) -> key)
                        .loader(key -> "v")
                        .leases()
                        .build())
                .isInstanceOf(InvalidConfiguration.class)
                .hasMessageContaining("which only memcached's meta protocol has; not spoken by the transport ");
    }
}
