package io.evcache.core.zone;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.evcache.core.command.Get;
import io.evcache.core.command.Lookup;
import io.evcache.core.command.Store;
import io.evcache.core.command.StoreReply;
import io.evcache.core.key.Key;
import io.evcache.core.node.NodeRoute;
import io.evcache.core.ring.RingDialect;
import io.evcache.core.time.Deadline;
import io.evcache.core.time.Ticker;
import io.evcache.core.topology.Topology;
import io.evcache.core.topology.TopologyListener;
import io.evcache.core.topology.TopologyProvider;
import io.evcache.core.transport.TransportConfig;
import io.evcache.core.transport.netty.NettyTransport;
import io.evcache.core.value.EncodedValue;
import io.evcache.core.value.Ttl;
import io.evcache.testkit.EmbeddedMemcached;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Nodes and zones come and go under eight threads that read and write, on real sockets. All servers are well, so no call has an excuse to fail. */
class TopologyChangesTest {
    private static final int THREADS = 8;
    private static final int LANES = 2;
    private static final int ROUNDS = 5;
    private static final Duration LONG = Duration.ofSeconds(60);

    private final List<EmbeddedMemcached> servers = new ArrayList<>();
    private final AtomicBoolean stop = new AtomicBoolean();
    private final AtomicLong calls = new AtomicLong();
    private final AtomicLong hits = new AtomicLong();

    private TopologyListener changes = topology -> {};

    @AfterEach
    void closeServers() {
        servers.forEach(EmbeddedMemcached::close);
    }

    @Test
    void noCallIsLostAndNoConnectionOfANodeThatStays() throws Exception {
        for (int i = 0; i < 6; i++) {
            servers.add(EmbeddedMemcached.start());
        }
        TopologyProvider provider = listener -> {
            changes = listener;
            return () -> {};
        };
        ClusterConfig config =
                ClusterConfig.of("changes", RingDialect.LIBMEMCACHED).withDrain(Duration.ofSeconds(2));
        NettyTransport transport = NettyTransport.start(
                TransportConfig.defaults().withLanes(LANES).withConnectTimeout(Duration.ofSeconds(20)));
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try (Cluster cluster = Cluster.open(config, provider, transport)) {
            apply(cluster, "a=0,1;b=2");
            NodeRoute kept = cluster.view().zones().get(0).nodes().get(0);
            assertThat(cluster.awaitFirstAttempts(deadline())).isTrue();
            List<Future<?>> workers = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                int number = i;
                workers.add(threads.submit(() -> work(cluster, number)));
            }

            for (int round = 0; round < ROUNDS; round++) {
                apply(cluster, "a=0,1,3;b=2"); // a node more
                apply(cluster, "a=0,3;b=2"); // a node less
                apply(cluster, "a=0,4;b=2"); // a node replaced
                apply(cluster, "a=0,4;b=2;c=5"); // a zone more
                apply(cluster, "a=0,4;d=1;c=5"); // a zone replaced
                apply(cluster, "d=1;c=5;a=0,4"); // the same in another order
                apply(cluster, "a=0,4"); // zones less
                apply(cluster, "a=0,1;b=2"); // as it was
            }
            stop.set(true);
            for (Future<?> worker : workers) {
                worker.get(60, TimeUnit.SECONDS); // throws what a call threw
            }

            assertThat(hits.get()).isPositive();
            assertThat(cluster.view().zones().get(0).nodes().get(0)).isSameAs(kept);
            assertThat(servers.get(0).stats().get("total_connections"))
                    .as("connections of the node that always stayed")
                    .isEqualTo(Integer.toString(LANES));
            await().atMost(LONG).untilAsserted(() -> assertThat(open()).isEqualTo(LANES * 3));
        } finally {
            stop.set(true);
            threads.shutdown();
        }
        assertThat(threads.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        await().atMost(LONG).untilAsserted(() -> assertThat(open()).isZero());
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().equals("evcache-admin-changes"));
    }

    /** Applies a text of servers by their numbers, and lets the threads use it for some calls. */
    private void apply(Cluster cluster, String zones) {
        String text = zones;
        for (int i = 0; i < servers.size(); i++) {
            text = text.replaceAll("\\b" + i + "\\b", "s" + i);
        }
        for (int i = 0; i < servers.size(); i++) {
            text = text.replace("s" + i, servers.get(i).address());
        }
        Topology next = Topology.parse(text);
        changes.changed(next);
        await().atMost(LONG)
                .pollInterval(Duration.ofMillis(1))
                .until(() -> described(cluster.view()).equals(described(next)));
        long before = calls.get();
        await().atMost(LONG)
                .pollInterval(Duration.ofMillis(1))
                .until(() -> before == 0 || calls.get() > before + 100 * THREADS);
    }

    private static List<String> described(ClusterView view) {
        return view.zones().stream()
                .map(zone -> zone.name()
                        + zone.nodes().stream().map(NodeRoute::address).toList())
                .toList();
    }

    private static List<String> described(Topology topology) {
        return topology.zones().stream().map(zone -> zone.name() + zone.nodes()).toList();
    }

    /** Writes and reads keys of its own, each value with the key in it, in any zone that the view has. */
    private void work(Cluster cluster, int number) {
        SplittableRandom random = new SplittableRandom(number);
        while (!stop.get()) {
            String key = "t" + number + "-" + random.nextInt(200);
            List<ZoneRoute> zones = cluster.view().zones();
            ZoneRoute zone = zones.get(random.nextInt(zones.size()));
            if (random.nextBoolean()) {
                EncodedValue value = new EncodedValue((key + "=" + random.nextLong()).getBytes(UTF_8), 0);
                StoreReply stored = zone.send(Store.set(Key.of(key), value, Ttl.none()), deadline())
                        .await(deadline());
                require(stored == StoreReply.STORED, key + " " + stored);
            } else {
                Lookup lookup = zone.send(Get.of(Key.of(key)), deadline()).await(deadline());
                if (lookup instanceof Lookup.Hit hit) {
                    String text = new String(hit.value().bytes(), UTF_8);
                    require(text.startsWith(key + "="), key + " got " + text);
                    hits.incrementAndGet();
                }
            }
            calls.incrementAndGet();
        }
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }

    private int open() {
        return servers.stream().mapToInt(EmbeddedMemcached::connections).sum();
    }

    private static Deadline deadline() {
        return Deadline.after(LONG, Ticker.system());
    }
}
