package io.evcache.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.evcache.client.pipeline.WriteLatch;
import io.evcache.client.pipeline.WritePolicy;
import io.evcache.core.value.Codec;
import io.evcache.testkit.EmbeddedMemcached;
import io.evcache.testkit.EmbeddedZones;
import io.evcache.testkit.EmbeddedZonesExtension;
import io.evcache.testkit.TestClock;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Values over the servers' item limit, and keys that belong together, as an application meets them. */
class BigValuesTest {
    private static final TestClock CLOCK = TestClock.create();
    private static final int LENGTH = 3_000_000;

    @RegisterExtension
    static final EmbeddedZonesExtension servers =
            EmbeddedZonesExtension.of(EmbeddedZones.builder().zones(2, "a", "b").clock(CLOCK));

    private final EmbeddedZones zones = servers.zones();
    private final byte[] big = new byte[LENGTH];
    private EvCacheClient client;
    private EvCache<byte[]> cache;

    @BeforeEach
    void connect() {
        new Random(1).nextBytes(big);
        client = EvCacheClient.connect(config().bigValues().build());
        cache = client.cache("big", Codec.bytes());
        EvCacheClientTest.awaitConnected(client);
    }

    @AfterEach
    void close() {
        client.close();
    }

    @Test
    void threeMegabytesAreSetReadTouchedAndDeleted() {
        assertThat(cache.set("k", big, Duration.ofSeconds(100))).isTrue();

        assertThat(cache.get("k")).isEqualTo(big);
        assertThat(cache.async().get("k").join()).isEqualTo(big);
        assertThat(cache.touch("k", Duration.ofSeconds(1_000))).isTrue();
        CLOCK.advance(Duration.ofSeconds(500));
        assertThat(cache.get("k")).isEqualTo(big);
        WriteLatch add = cache.async().add("k", big);
        await().until(() -> add.settled().isSettled()); // a zone that still stores chunks could outlive the delete
        assertThat(add.now().isMet()).isFalse();
        assertThat(cache.delete("k")).isTrue();
        assertThat(cache.lookup("k").status()).isSameAs(GetResult.Status.MISS);
    }

    @Test
    void largeAndSmallValuesComeTogether() {
        byte[] small = {1, 2, 3};
        cache.set("small", small);
        cache.set("large", big);

        Map<String, byte[]> hits = cache.getAll(List.of("large", "absent", "small"));

        assertThat(hits.keySet()).containsExactly("large", "small");
        assertThat(hits.get("large")).isEqualTo(big);
        assertThat(hits.get("small")).isEqualTo(small);
    }

    @Test
    void zoneThatLostAValueIsFilledWithTheWholeOfIt() {
        cache.set("k", big);
        zones.nodes("a").forEach(EmbeddedMemcached::flush);

        GetResult<byte[]> fromB = cache.lookup("k");

        assertThat(fromB.zone()).isEqualTo("b");
        assertThat(fromB.value()).isEqualTo(big);
        await().until(() -> zones.peek("a", "big:k").isPresent()); // the manifest, which is stored last
        zones.stopZone("b");
        GetResult<byte[]> fromA = cache.lookup("k");
        assertThat(fromA.zone()).isEqualTo("a");
        assertThat(fromA.value()).isEqualTo(big);
    }

    @Test
    void whatIsOverTheLimitOfBigValuesIsRefusedBeforeAnyIo() {
        assertThatThrownBy(() -> cache.set("k", new byte[(8 << 20) + 1]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("over the limit of 8388608 bytes");
    }

    @Test
    void keysOfOneBeginningShareANode() {
        try (EvCacheClient together =
                EvCacheClient.connect(config().keepTogetherBefore("/").build())) {
            EvCache<String> profiles = together.cache("profiles");
            EvCacheClientTest.awaitConnected(together);
            Set<Integer> used = new HashSet<>();

            for (int user = 0; user < 20; user++) {
                Set<Integer> ofUser = new HashSet<>();
                for (int part = 0; part < 5; part++) {
                    assertThat(profiles.set(user + "/" + part, "v")).isTrue();
                    ofUser.add(nodeOf("profiles:" + user + "/" + part));
                }
                assertThat(ofUser).hasSize(1);
                used.addAll(ofUser);
            }

            assertThat(used).containsExactlyInAnyOrder(0, 1);
        }
    }

    private int nodeOf(String key) {
        return zones.node("a", 0).peek(key).isPresent() ? 0 : 1;
    }

    private EvCacheConfig.Builder config() {
        return EvCacheConfig.builder(zones.connectString())
                .readTimeout(Duration.ofSeconds(10))
                .writeTimeout(Duration.ofSeconds(10))
                .writePolicy(WritePolicy.ALL);
    }
}
