package io.evcache.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.evcache.client.GetResult.Status;
import io.evcache.client.pipeline.Fallback;
import io.evcache.client.pipeline.ReadPolicy;
import io.evcache.client.pipeline.ReadPolicy.Agreement;
import io.evcache.client.pipeline.ZonesDisagree;
import io.evcache.core.error.DeadlineExceeded;
import io.evcache.core.value.Codec;
import io.evcache.testkit.EmbeddedMemcached;
import io.evcache.testkit.EmbeddedZones;
import io.evcache.testkit.EmbeddedZonesExtension;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Read policies over the wire, on zones that disagree, stop or hang. */
class ReadPoliciesTest {
    @RegisterExtension
    static final EmbeddedZonesExtension servers = EmbeddedZonesExtension.of(1, "a", "b", "c");

    private static final ReadPolicy QUORUM = ReadPolicy.consistent(Agreement.QUORUM);
    private EvCacheClient client;
    private EvCache<String> cache;

    @BeforeEach
    void connect() {
        client = EvCacheClient.connect(EvCacheConfig.builder(servers.connectString())
                .readTimeout(Duration.ofSeconds(10))
                .writeTimeout(Duration.ofSeconds(10))
                .build());
        EvCacheClientTest.awaitConnected(client);
        cache = client.cache("reads");
    }

    @AfterEach
    void close() {
        client.close();
    }

    @Test
    void onePolicyPerCallLeavesTheCacheAsItWas() {
        put("c", "v");

        assertThat(cache.reading(ReadPolicy.inOrder(List.of("a"))).lookup("k").status())
                .isEqualTo(Status.MISS);
        assertThat(cache.reading(ReadPolicy.startingWith(List.of("c"))).lookup("k"))
                .satisfies(read -> assertThat(read.attempts()).isEqualTo(1))
                .satisfies(read -> assertThat(read.zone()).isEqualTo("c"));
        assertThat(cache.lookup("k").attempts()).isEqualTo(3);
    }

    @Test
    void onePolicyPerCacheGoesForAllWaysToRead() {
        EvCache<String> local = client.cache(
                "reads", Codec.utf8(), o -> o.readPolicy(ReadPolicy.LOCAL_FIRST.withFallback(Fallback.NEVER)));
        put("c", "v");

        assertThat(local.get("k")).isNull();
        assertThat(local.getAll(List.of("k"))).isEmpty();
        assertThat(local.async().get("k").join()).isNull();
        assertThat(local.async().lookup("k").join().attempts()).isEqualTo(1);
    }

    @Test
    void quorumReadsTheValueOfTheMajorityWhateverTheLocalZoneHolds() {
        put("a", "old");
        put("b", "v");
        put("c", "v");

        assertThat(cache.get("k")).isEqualTo("old");
        assertThat(cache.reading(QUORUM).get("k")).isEqualTo("v");
        assertThat(cache.reading(QUORUM).getAll(List.of("k", "absent"))).containsOnlyKeys("k");
    }

    @Test
    void quorumSurvivesOneStoppedZoneAndNotTwo() {
        cache.async().set("k", "v").settled().toFuture().join();
        servers.zones().stopZone("b");

        assertThat(cache.reading(QUORUM).get("k")).isEqualTo("v");
        servers.zones().stopZone("c");
        assertThat(cache.reading(QUORUM).lookup("k").status()).isEqualTo(Status.FAILED);
        assertThat(cache.lookup("k").status()).isEqualTo(Status.HIT);
    }

    @Test
    void zonesThatDisagreeAreAFailureThatSaysSo() {
        put("a", "1");
        put("b", "2");
        put("c", "3");

        GetResult<String> read = cache.reading(QUORUM).lookup("k");

        assertThat(read.status()).isEqualTo(Status.FAILED);
        assertThat(read.cause()).isInstanceOf(ZonesDisagree.class).hasMessageContaining("reads:k");
        assertThat(cache.reading(QUORUM).get("k")).isNull();
    }

    @Test
    void repairAddsWhatIsMissingAndReplacesNothing() {
        put("b", "v");
        put("c", "v");
        cache.reading(QUORUM.withBackfill()).get("k");
        await().untilAsserted(() -> assertThat(held("a")).isEqualTo("v"));
        put("a", "newer");

        assertThat(cache.reading(QUORUM.withBackfill()).get("k")).isEqualTo("v");
        // A repair would have been sent before this read on the same connection, and so be done with it.
        assertThat(cache.reading(ReadPolicy.inOrder(List.of("a"))).get("k")).isEqualTo("newer");
    }

    @Test
    void fastestFirstAnswersFromTheLocalZoneBeforeAnythingIsMeasured() {
        cache.async().set("k", "v").settled().toFuture().join();

        assertThat(cache.reading(ReadPolicy.FASTEST_FIRST).lookup("k").zone()).isEqualTo("a");
    }

    @Test
    void hungLocalZoneLeavesTimeForAnother() {
        EvCacheConfig impatient = EvCacheConfig.builder(servers.connectString())
                .readTimeout(Duration.ofSeconds(2))
                .readPolicy(ReadPolicy.LOCAL_FIRST.withFallback(
                        Fallback.ALWAYS.toAtMost(1).withShareOfDeadline(0.05)))
                .build();
        cache.async().set("k", "v").settled().toFuture().join();
        try (EvCacheClient other = EvCacheClient.connect(impatient)) {
            EvCacheClientTest.awaitConnected(other);
            servers.zones().hangZone("a");

            GetResult<String> read = other.cache("reads").lookup("k");

            assertThat(read.value()).isEqualTo("v");
            assertThat(read.zone()).isEqualTo("b");
            assertThat(read.cause()).isInstanceOf(DeadlineExceeded.class);
        }
    }

    /** Stores in one zone only, past the client. */
    private void put(String zone, String value) {
        try (EvCacheClient one = EvCacheClient.connect(zone + "=" + only(servers.zones(), zone))) {
            EvCacheClientTest.awaitConnected(one);
            assertThat(one.cache("reads").set("k", value)).isTrue();
        }
    }

    private static String only(EmbeddedZones zones, String zone) {
        return zones.node(zone, 0).address();
    }

    private static String held(String zone) {
        return servers.zones()
                .peek(zone, "reads:k")
                .map(EmbeddedMemcached.Item::text)
                .orElse("nothing");
    }
}
