package io.evcache.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.evcache.client.GetResult.Status;
import io.evcache.client.pipeline.Fallback;
import io.evcache.client.pipeline.ReadPolicy;
import io.evcache.client.pipeline.ReadPolicy.Agreement;
import io.evcache.core.command.Store;
import io.evcache.core.key.KeyScheme;
import io.evcache.core.time.Deadline;
import io.evcache.core.time.Ticker;
import io.evcache.core.value.Codec;
import io.evcache.core.value.Ttl;
import io.evcache.core.zone.ZoneRoute;
import io.evcache.testkit.EmbeddedZonesExtension;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A bulk read is the sum of its single reads: for random keys, spread at random over zones and nodes of which some are down. */
class BulkEqualsSinglesTest {
    @RegisterExtension
    static final EmbeddedZonesExtension servers = EmbeddedZonesExtension.of(2, "a", "b", "c");

    private static final KeyScheme KEYS = KeyScheme.namespaced("bulk");

    /** Without back-fill: reading must not change what is read next. */
    private static final List<ReadPolicy> POLICIES = List.of(
            ReadPolicy.LOCAL_FIRST.withoutBackfill(),
            ReadPolicy.LOCAL_FIRST_ERRORS_ONLY,
            ReadPolicy.LOCAL_FIRST.withFallback(Fallback.ON_MISS).withoutBackfill(),
            ReadPolicy.LOCAL_FIRST.withFallback(Fallback.ALWAYS.toAtMost(1)).withoutBackfill(),
            ReadPolicy.LOCAL_FIRST.withFallback(Fallback.NEVER).withoutBackfill(),
            ReadPolicy.startingWith(List.of("c")).withoutBackfill(),
            ReadPolicy.inOrder(List.of("b", "a")),
            ReadPolicy.consistent(Agreement.QUORUM),
            ReadPolicy.consistent(Agreement.ALL));

    private EvCacheClient client;
    private EvCache<String> cache;

    @BeforeEach
    void connect() {
        client = EvCacheClient.connect(EvCacheConfig.builder(servers.connectString())
                .readTimeout(Duration.ofSeconds(20))
                .writeTimeout(Duration.ofSeconds(20))
                .connectionsPerNode(1)
                .maxInFlightPerConnection(64) // several windows per bulk read
                .build());
        EvCacheClientTest.awaitConnected(client);
        cache = client.cache("bulk");
    }

    @AfterEach
    void close() {
        client.close();
    }

    @Test
    void bulkEqualsTheSumOfSingleReadsWhateverIsDown() {
        for (long seed = 1; seed <= 5; seed++) {
            Random random = new Random(seed);
            servers.zones().reset();
            EvCacheClientTest.awaitConnected(client);
            spread(random);
            stopSome(random);
            for (ReadPolicy policy : POLICIES) {
                assertBulkEqualsSingles(cache.reading(policy), keys(random), "seed " + seed + ", " + policy);
            }
        }
    }

    private static void assertBulkEqualsSingles(EvCache<String> cache, List<String> keys, String which) {
        Map<String, String> expected = new LinkedHashMap<>();
        Map<String, String> expectedHits = new LinkedHashMap<>();
        for (String key : keys) {
            GetResult<String> single = cache.lookup(key);
            expected.put(key, told(single));
            if (single.value() != null) {
                expectedHits.put(key, single.value());
            }
        }

        Map<String, String> bulk = new LinkedHashMap<>();
        cache.lookupAll(keys).forEach((key, result) -> bulk.put(key, told(result)));
        Map<String, String> async = new LinkedHashMap<>();
        cache.async().lookupAll(keys).join().forEach((key, result) -> async.put(key, told(result)));

        assertThat(bulk).as(which).containsExactlyEntriesOf(expected);
        assertThat(async).as(which).containsExactlyEntriesOf(expected);
        assertThat(cache.getAll(keys)).as(which).containsExactlyEntriesOf(expectedHits);
        assertThat(cache.async().getAll(keys).join()).as(which).containsExactlyEntriesOf(expectedHits);
    }

    private static String told(GetResult<String> result) {
        return result.status() == Status.FAILED
                ? "FAILED after " + result.attempts() + " by "
                        + (result.cause() == null
                                ? ""
                                : result.cause().getClass().getSimpleName())
                : result.status() + " " + result.value() + " after " + result.attempts()
                        + (result.cause() == null ? "" : " and a failure");
    }

    /** Each key in each zone: nothing, the same value as elsewhere, or one of its own. */
    private void spread(Random random) {
        for (int i = 0; i < 100; i++) {
            for (ZoneRoute zone : client.view().zones()) {
                int what = random.nextInt(4);
                if (what > 0) {
                    String value = what == 1 ? "value of " + zone.name() : "value";
                    zone.send(
                                    Store.set(KEYS.key("k" + i), Codec.utf8().encode(value), Ttl.none()),
                                    Deadline.after(Duration.ofSeconds(20), Ticker.system()))
                            .toFuture()
                            .join();
                }
            }
        }
    }

    private void stopSome(Random random) {
        Set<String> stopped = new TreeSet<>();
        for (String zone : servers.zones().zoneNames()) {
            for (int node = 0; node < 2; node++) {
                if (random.nextInt(3) == 0) {
                    servers.zones().node(zone, node).stop();
                    stopped.add(servers.zones().node(zone, node).address());
                }
            }
        }
        await().until(() -> client.view().zones().stream()
                .flatMap(zone -> zone.nodes().stream())
                .allMatch(node ->
                        node.isConnected() != stopped.contains(node.address().text())));
    }

    /** Up to 120 of 130 names, some of them asked twice. */
    private static List<String> keys(Random random) {
        List<String> keys = new ArrayList<>();
        for (int i = random.nextInt(120); i >= 0; i--) {
            keys.add("k" + random.nextInt(130));
        }
        return keys;
    }
}
