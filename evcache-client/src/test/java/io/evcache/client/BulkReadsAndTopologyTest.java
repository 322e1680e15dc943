package io.evcache.client;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.evcache.client.GetResult.Status;
import io.evcache.client.pipeline.WritePolicy;
import io.evcache.core.node.NodeRoute;
import io.evcache.core.tls.Tls;
import io.evcache.core.topology.Topology;
import io.evcache.core.topology.TopologyListener;
import io.evcache.testkit.EmbeddedMemcached;
import io.evcache.testkit.TestAuthority;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Nodes of the local zone come, go and die under threads that read many keys at once. The other zone is well and has everything, so no key has an excuse to be missing. */
class BulkReadsAndTopologyTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final int THREADS = 4;
    private static final int ROUNDS = 2;
    private static final int NAMES = 500;
    private static final int MOST = 150;
    private static final int CALLS_BETWEEN_CHANGES = 20;
    private static final TestAuthority AUTHORITY = TestAuthority.create();

    private final List<EmbeddedMemcached> servers = new ArrayList<>();
    private final AtomicReference<@Nullable TopologyListener> changes = new AtomicReference<>();
    private final Map<String, String> stored = new LinkedHashMap<>();
    private final List<String> names = new ArrayList<>();
    private final AtomicBoolean stop = new AtomicBoolean();
    private final AtomicLong calls = new AtomicLong();
    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);

    @AfterEach
    void closeServers() {
        stop.set(true);
        threads.shutdownNow();
        servers.forEach(EmbeddedMemcached::close);
    }

    @AfterAll
    static void removeCertificates() {
        AUTHORITY.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void everyKeyIsFoundWithItsOwnValueWhateverBecomesOfNodes(boolean encrypted) throws Exception {
        for (int i = 0; i < 5; i++) {
            servers.add(server(encrypted));
        }
        EvCacheConfig.Builder config = EvCacheConfig.builder()
                .discoveredZones()
                .maxNodeLoss(1)
                .localZone("a")
                .connectTimeout(LONG)
                .readTimeout(LONG)
                .writeTimeout(LONG)
                .connectionsPerNode(2)
                .writePolicy(WritePolicy.ALL);
        if (encrypted) {
            config.tls(Tls.trusting(AUTHORITY.certificate()));
        }
        try (EvCacheClient client = EvCacheClient.builder(config.build())
                .topology(listener -> {
                    changes.set(listener);
                    listener.changed(topology("a=0,1;b=4"));
                    return () -> {};
                })
                .connect()) {
            EvCacheClientTest.awaitConnected(client);
            EvCache<String> cache = client.cache("bulk");
            for (int i = 0; i < NAMES; i++) {
                names.add("k" + i);
                stored.put("k" + i, "value of k" + i);
            }
            assertThat(cache.setAll(stored)).isEmpty();
            List<Future<?>> workers = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                int number = i;
                workers.add(threads.submit(() -> work(cache, number)));
            }

            for (int round = 0; round < ROUNDS; round++) {
                apply(client, "a=0,1,2;b=4"); // a node more
                apply(client, "a=0,2;b=4"); // a node less
                servers.get(2).stop();
                letThemRead();
                apply(client, "a=0,2,3;b=4"); // while one is down
                servers.get(2).restart();
                letThemRead();
                servers.get(0).restart(); // empty, and every connection is gone
                letThemRead();
                apply(client, "a=1;b=4"); // all others
                apply(client, "b=4;a=0,1"); // as it was, in another order
            }
            stop.set(true);
            for (Future<?> worker : workers) {
                worker.get(60, TimeUnit.SECONDS); // throws what was wrong
            }

            await().atMost(LONG)
                    .untilAsserted(() -> assertThat(client.view().zones().stream()
                                    .flatMap(zone -> zone.nodes().stream())
                                    .mapToInt(NodeRoute::inFlight)
                                    .sum())
                            .isZero());
        }
    }

    private static EmbeddedMemcached server(boolean encrypted) {
        EmbeddedMemcached.Builder builder = EmbeddedMemcached.builder();
        return (encrypted ? builder.tls(AUTHORITY.issue("127.0.0.1")) : builder).start();
    }

    /** Reads zones whose nodes are servers by their numbers. */
    private Topology topology(String text) {
        String zones = text;
        for (int i = 0; i < servers.size(); i++) {
            zones = zones.replaceAll("\\b" + i + "\\b", "s" + i);
        }
        for (int i = 0; i < servers.size(); i++) {
            zones = zones.replace("s" + i, servers.get(i).address());
        }
        return Topology.parse(zones);
    }

    private void apply(EvCacheClient client, String zones) {
        Topology next = topology(zones);
        requireNonNull(changes.get()).changed(next);
        await().atMost(LONG)
                .until(() -> client.view().zones().stream()
                        .map(zone -> zone.name()
                                + zone.nodes().stream().map(NodeRoute::address).toList())
                        .toList()
                        .equals(next.zones().stream()
                                .map(zone -> zone.name() + zone.nodes())
                                .toList()));
        letThemRead();
    }

    private void letThemRead() {
        long before = calls.get();
        await().atMost(LONG).until(() -> stop.get() || calls.get() > before + CALLS_BETWEEN_CHANGES);
        assertThat(stop).as("a reader has found something wrong").isFalse();
    }

    private void work(EvCache<String> cache, int number) {
        SplittableRandom random = new SplittableRandom(number);
        try {
            while (!stop.get()) {
                List<CompletableFuture<Map<String, String>>> together = new ArrayList<>();
                List<List<String>> asked = new ArrayList<>();
                for (int i = 0; i < 4; i++) {
                    asked.add(some(random));
                    together.add(cache.async().getAll(asked.get(i)));
                }
                check(asked.get(0), cache.getAll(asked.get(0)));
                cache.lookupAll(asked.get(1)).forEach((name, result) -> {
                    assertThat(result.status()).as(name).isSameAs(Status.HIT);
                    assertThat(result.value()).isEqualTo(stored.get(name));
                });
                for (int i = 0; i < 4; i++) {
                    check(
                            asked.get(i),
                            together.get(i).orTimeout(60, TimeUnit.SECONDS).join());
                }
                calls.incrementAndGet();
            }
        } catch (Throwable e) {
            stop.set(true);
            throw e;
        }
    }

    private List<String> some(SplittableRandom random) {
        List<String> some = new ArrayList<>();
        for (int i = random.nextInt(1, MOST); i > 0; i--) {
            some.add(names.get(random.nextInt(NAMES)));
        }
        return some;
    }

    private void check(List<String> asked, Map<String, String> found) {
        assertThat(found.keySet()).containsExactlyInAnyOrderElementsOf(List.copyOf(new TreeSet<>(asked)));
        assertThat(stored).containsAllEntriesOf(found);
    }
}
