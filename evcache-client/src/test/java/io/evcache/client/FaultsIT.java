package io.evcache.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.evcache.client.GetResult.Status;
import io.evcache.client.pipeline.WritePolicy;
import io.evcache.core.error.EvCacheException;
import io.evcache.testkit.LocalMemcached.Version;
import io.evcache.testkit.LocalZonesExtension;
import io.netty.buffer.ByteBufUtil;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** All verbs from several threads, while a {@link Nemesis} breaks servers and wires. {@code -Dchaos.seconds=600} for a long run, {@code -Dchaos.seed=…} to strike in the same order again. */
class FaultsIT {
    private static final Duration TIME = Duration.ofSeconds(Integer.getInteger("chaos.seconds", 15));
    private static final long SEED =
            Long.getLong("chaos.seed", ThreadLocalRandom.current().nextLong());
    private static final int THREADS = 4;
    private static final int KEYS = 2_000;
    private static final Duration READ_TIMEOUT = Duration.ofMillis(200);
    private static final Duration WRITE_TIMEOUT = Duration.ofMillis(500);

    /** Clients, proxies and servers share the machine; what is looked for are calls that nobody ends. */
    private static final Duration SCHEDULING_NOISE = Duration.ofSeconds(2);

    private static final Queue<String> leaks = new ConcurrentLinkedQueue<>();

    @RegisterExtension
    static final LocalZonesExtension servers = LocalZonesExtension.of(Version.DEBIAN_12, 2, "a", "b", "c");

    @BeforeAll
    static void recordLeaks() {
        ByteBufUtil.setLeakListener((type, records) -> leaks.add(type + " " + records));
    }

    @Test
    @Timeout(value = 1, unit = TimeUnit.DAYS) // as long as it is told to run; each wait in it has an end of its own
    void whateverBreaksNoCallGetsAWrongValueOrNoEndAndAllIsWellAfterwards() throws Exception {
        System.out.println("faults: chaos.seed=" + SEED + " for " + TIME.toSeconds() + " s");
        long socketsBefore = Leftovers.sockets();
        try (Nemesis nemesis = new Nemesis(servers.zones(), SEED)) {
            EvCacheClient client = EvCacheClient.connect(EvCacheConfig.builder(nemesis.connectString())
                    .readTimeout(READ_TIMEOUT)
                    .writeTimeout(WRITE_TIMEOUT)
                    .build());
            try (client) {
                MixedOperations operations = new MixedOperations(
                        client.cache("faults", Described.CODEC), KEYS, EvCacheException.class::isInstance);

                attack(operations, nemesis);
                nemesis.healAll();
                long healed = System.nanoTime();

                System.out.println(operations + "; " + nemesis);
                assertThat(operations.wrong).isEmpty();
                assertThat(operations.hits.sum()).isGreaterThan(operations.operations.sum() / 20);
                assertThat(operations.slowestNanos.get())
                        .isLessThan(WRITE_TIMEOUT.plus(SCHEDULING_NOISE).toNanos());
                assertAllIsWell(client.cache("afterwards", Described.CODEC));
                System.out.println("well again " + (System.nanoTime() - healed) / 1_000_000 + " ms after healing");
            }
        }
        Leftovers.assertNone(socketsBefore);
        assertThat(leaks).isEmpty();
    }

    private static void attack(MixedOperations operations, Nemesis nemesis) throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                long seed = SEED + i;
                running.add(threads.submit(() -> operations.runUntil(() -> over.getCount() == 0, seed)));
            }
            long end = System.nanoTime() + TIME.toNanos();
            boolean unused = false;
            while (System.nanoTime() < end) {
                unused = over.await(nemesis.strike().toMillis(), TimeUnit.MILLISECONDS);
            }
            over.countDown();
            for (Future<?> thread : running) {
                thread.get(2, TimeUnit.MINUTES);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static void assertAllIsWell(EvCache<Described> cache) {
        await("every zone takes writes and the local one answers")
                .atMost(Duration.ofSeconds(10))
                .until(() -> isWell(cache));
        MixedOperations operations = new MixedOperations(cache);
        operations.run(5_000, SEED);
        assertThat(operations.wrong).isEmpty();
        assertThat(operations.writesMet.sum()).isPositive();
    }

    private static boolean isWell(EvCache<Described> cache) {
        for (int i = 0; i < 20; i++) {
            String key = "probe-" + i;
            boolean stored = cache.async()
                    .set(key, new Described(key, i, 0), Duration.ofHours(1), WritePolicy.ALL)
                    .await(WRITE_TIMEOUT);
            GetResult<Described> read = cache.lookup(key);
            if (!stored || read.status() != Status.HIT || !"a".equals(read.zone())) {
                return false;
            }
        }
        return true;
    }
}
