package io.evcache.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.evcache.client.GetResult.Status;
import io.evcache.client.pipeline.WriteLatch;
import io.evcache.client.pipeline.WritePolicy;
import io.evcache.client.pipeline.WriteResult;
import io.evcache.core.error.DeadlineExceeded;
import io.evcache.core.error.NodeUnavailable;
import io.evcache.core.error.NodeUnavailable.Reason;
import io.evcache.core.transport.TransportConfig;
import io.evcache.core.value.Codec;
import io.evcache.testkit.LocalMemcached.Version;
import io.evcache.testkit.LocalZones;
import io.evcache.testkit.LocalZonesExtension;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What an outage costs the callers, on real servers: how many calls pay for it, how much, and for how long. */
class OutagesIT {
    private static final Duration HOUR = Duration.ofHours(1);

    /** Commands that must expire before a connection is said not to respond, and one that was on its way. */
    private static final int CALLS_THAT_PAY = 4;

    @RegisterExtension
    static final LocalZonesExtension servers = LocalZonesExtension.of(Version.DEBIAN_12, 1, "a", "b", "c");

    private final LocalZones zones = servers.zones();

    private static EvCacheConfig.Builder config() {
        return EvCacheConfig.builder(servers.connectString()).readTimeout(Duration.ofMillis(500));
    }

    @Test
    void hungLocalZoneCostsTheFirstFewReadsAndThenNothing() {
        try (EvCacheClient client = EvCacheClient.connect(config().build())) {
            EvCache<String> cache = cacheWithKey(client);
            zones.hangZone("a");

            List<GetResult<String>> reads = lookups(cache, 300);

            assertThat(reads).allMatch(GetResult::isHit);
            assertThat(reads.stream().filter(OutagesIT::waitedForAZone)).hasSizeLessThanOrEqualTo(CALLS_THAT_PAY);
        }
    }

    @Test
    void hungLocalZoneCostsNoMoreReadsWhenWritesWithMoreTimeWaitForItToo() {
        EvCacheConfig patient = config().writeTimeout(Duration.ofSeconds(10)).build();
        try (EvCacheClient client = EvCacheClient.connect(patient)) {
            EvCache<String> cache = cacheWithKey(client);
            zones.hangZone("a");
            WriteLatch write = cache.async().set("k", "v", HOUR, WritePolicy.ALL);

            List<GetResult<String>> reads = lookups(cache, 300);

            assertThat(reads).allMatch(GetResult::isHit);
            // The hung write was the oldest in flight, and its long deadline was waited for before the node was called
            // silent.
            assertThat(reads.stream().filter(OutagesIT::waitedForAZone)).hasSizeLessThanOrEqualTo(CALLS_THAT_PAY);
            assertThat(write.succeeded()).isEqualTo(2);
        }
    }

    @Test
    void deadZonesFailAtOnceAndNotAtTheDeadline() {
        EvCacheConfig patient = config().readTimeout(Duration.ofSeconds(20))
                .writeTimeout(Duration.ofSeconds(20))
                .build();
        try (EvCacheClient client = EvCacheClient.connect(patient)) {
            EvCache<String> cache = cacheWithKey(client);
            zones.zoneNames().forEach(zones::stopZone);

            long start = System.nanoTime();
            List<GetResult<String>> reads = lookups(cache, 1_000);
            for (int i = 0; i < 1_000; i++) {
                assertThat(cache.set("k", "v")).isFalse();
            }
            long nanos = System.nanoTime() - start;

            assertThat(reads).allMatch(read -> read.status() == Status.FAILED);
            assertThat(reads).allMatch(read -> read.cause() instanceof NodeUnavailable);
            assertThat(Duration.ofNanos(nanos)).isLessThan(Duration.ofSeconds(5));
        }
    }

    @Test
    void zonesThatAllHangFailAtOnceAfterTheFirstFewCalls() {
        try (EvCacheClient client = EvCacheClient.connect(config().build())) {
            EvCache<String> cache = cacheWithKey(client);
            zones.zoneNames().forEach(zones::hangZone);

            List<GetResult<String>> reads = lookups(cache, 300);

            assertThat(reads).allMatch(read -> read.status() == Status.FAILED);
            assertThat(reads.stream().filter(OutagesIT::waitedForAZone)).hasSizeLessThanOrEqualTo(3 * CALLS_THAT_PAY);
        }
    }

    @Test
    void restartedZoneAnswersAgainWithinSeconds() {
        try (EvCacheClient client = EvCacheClient.connect(config().build())) {
            EvCache<String> cache = cacheWithKey(client);
            zones.stopZone("a");
            await().pollDelay(Duration.ofSeconds(3))
                    .until(() -> "b".equals(cache.lookup("k").zone()));

            zones.startZone("a");

            await().atMost(Duration.ofSeconds(3)).until(() -> cache.set("k", "w") && servedBy("a", cache));
        }
    }

    @Test
    void resumedZoneAnswersAgainWithinSeconds() {
        try (EvCacheClient client = EvCacheClient.connect(config().build())) {
            EvCache<String> cache = cacheWithKey(client);
            zones.hangZone("a");
            await().pollDelay(Duration.ofSeconds(3))
                    .until(() -> "b".equals(cache.lookup("k").zone()));

            zones.resumeZone("a");

            await().atMost(Duration.ofSeconds(3)).until(() -> servedBy("a", cache));
        }
    }

    @Test
    void outageOfTheLocalZoneFailsNoRead() throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        AtomicInteger fromOthers = new AtomicInteger();
        List<GetResult<String>> failed = new ArrayList<>();
        try (EvCacheClient client = EvCacheClient.connect(config().build())) {
            EvCache<String> cache = cacheWithKey(client);
            CompletableFuture<Void> reader = CompletableFuture.runAsync(() -> {
                while (!over.get()) {
                    GetResult<String> read = cache.lookup("k");
                    if (!read.isHit()) {
                        failed.add(read);
                    } else if (!"a".equals(read.zone())) {
                        fromOthers.incrementAndGet();
                    }
                }
            });

            zones.stopZone("a");
            await().until(() -> fromOthers.get() > 1_000);
            zones.startZone("a");
            int before = fromOthers.get();
            await().until(() -> fromOthers.get() > before || servedBy("a", cache));
            over.set(true);
            reader.get(30, TimeUnit.SECONDS);

            assertThat(failed).isEmpty();
        }
    }

    @Test
    void floodOfWritesToAHungNodeIsRefusedAtOnceAndTakesLittleMemory() {
        String hung = "a=" + zones.node("a", 0).address();
        try (EvCacheClient client = EvCacheClient.connect(hung)) {
            AsyncEvCache<byte[]> cache = client.cache("flood", Codec.bytes()).async();
            byte[] value = new byte[1_024];
            AtomicInteger settled = new AtomicInteger();
            long slowest = 0;
            int accepted = 0;
            int mostWaiting = 0;
            zones.hangZone("a");
            long heapBefore = usedHeap();

            int sent = 300_000;
            for (int i = 0; i < sent; i++) {
                long start = System.nanoTime();
                WriteLatch latch = cache.set("k" + i, value.clone(), HOUR);
                slowest = Math.max(slowest, System.nanoTime() - start);
                WriteResult now = latch.decided().value();
                if (now == null) {
                    accepted++;
                } else {
                    assertThat(now.zones().get(0).failure())
                            .isInstanceOfSatisfying(
                                    NodeUnavailable.class,
                                    refused -> assertThat(refused.reason())
                                            .isIn(Reason.OVERLOADED, Reason.NOT_RESPONDING, Reason.NOT_CONNECTED));
                }
                latch.decided().receive(decided -> settled.incrementAndGet());
                mostWaiting = Math.max(mostWaiting, i + 1 - settled.get());
            }
            long grown = usedHeap() - heapBefore;

            System.out.println("flood: " + accepted + " of " + sent + " accepted, " + mostWaiting
                    + " at a time, slowest submit " + slowest / 1_000 + " µs, heap grown by " + grown / 1_024 + " KiB");
            // How many are accepted in all depends on how often those that waited expired before the silence was
            // noticed.
            assertThat(mostWaiting)
                    .isBetween(
                            1_000,
                            2
                                    * TransportConfig.defaults().maxInFlight()
                                    * TransportConfig.defaults().lanes());
            assertThat(grown).isLessThan(48 << 20);
            assertThat(Duration.ofNanos(slowest)).isLessThan(Duration.ofSeconds(1));
            await().until(() -> settled.get() == sent);
        }
    }

    private static EvCache<String> cacheWithKey(EvCacheClient client) {
        EvCache<String> cache = client.cache("outages");
        await().until(() -> cache.async().set("k", "v", HOUR, WritePolicy.ALL).await(Duration.ofSeconds(1)));
        return cache;
    }

    private static List<GetResult<String>> lookups(EvCache<String> cache, int count) {
        List<GetResult<String>> reads = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            reads.add(cache.lookup("k"));
        }
        return reads;
    }

    private static boolean waitedForAZone(GetResult<String> read) {
        return read.cause() instanceof DeadlineExceeded;
    }

    private static boolean servedBy(String zone, EvCache<String> cache) {
        GetResult<String> read = cache.lookup("k");
        return read.isHit() && zone.equals(read.zone());
    }

    private static long usedHeap() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
