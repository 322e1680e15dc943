package io.evcache.client.warmup;

import static org.assertj.core.api.Assertions.assertThat;

import io.evcache.client.AsyncEvCache;
import io.evcache.client.EvCacheClient;
import io.evcache.client.EvCacheConfig;
import io.evcache.client.pipeline.WriteResult;
import io.evcache.testkit.EmbeddedMemcached;
import io.evcache.testkit.EmbeddedZones;
import io.evcache.testkit.EmbeddedZonesExtension;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class WarmUpBesideWritesTest {
    private static final int KEYS = 500;

    /** Far more than a delete needs from one zone to the other. */
    private static final Duration SETTLE = Duration.ofSeconds(2);

    @RegisterExtension
    static final EmbeddedZonesExtension servers =
            EmbeddedZonesExtension.of(EmbeddedZones.builder().zones(3, "a").zones(2, "c"));

    @Test
    void zoneThatIsWrittenMeanwhileNeverEndsWithWhatTheSourceDoesNotHave() throws Exception {
        EmbeddedZones zones = servers.zones();
        EvCacheConfig config = EvCacheConfig.builder(zones.connectString().replace("c=", "c(WRITE_ONLY)="))
                .writeTimeout(Duration.ofSeconds(10))
                .build();
        try (EvCacheClient client = EvCacheClient.connect(config)) {
            AsyncEvCache<String> cache = client.cache("t").async();
            SplittableRandom random = new SplittableRandom(42);
            int writes = 0;
            for (int round = 0; round < 5; round++) { // each finds keys in the source that the target has lost
                for (int i = 0; i < KEYS; i++) {
                    settled(cache.set("k" + i, "first" + round).settled().toFuture());
                }
                zones.nodes("c").forEach(EmbeddedMemcached::flush);
                CompletableFuture<WarmUpResult> warmUp = client.warmUp("c")
                        .from("a")
                        .itemsPerSecond(1_000)
                        .settleTime(SETTLE)
                        .start()
                        .completion()
                        .toCompletableFuture();
                while (!warmUp.isDone()) {
                    String key = "k" + random.nextInt(KEYS);
                    settled((random.nextBoolean() ? cache.delete(key) : cache.set(key, "v" + writes++))
                            .settled()
                            .toFuture());
                }
                assertThat(warmUp.join().progress().unchecked()).isZero();
                assertNothingOld(zones);
            }
            assertThat(writes).isPositive();
        }
    }

    private static void settled(CompletableFuture<WriteResult> write) throws Exception {
        WriteResult unused = write.get(60, TimeUnit.SECONDS);
    }

    private static void assertNothingOld(EmbeddedZones zones) {
        for (int i = 0; i < KEYS; i++) {
            String key = "t:k" + i;
            zones.peek("c", key)
                    .ifPresent(copy -> assertThat(zones.peek("a", key).map(EmbeddedMemcached.Item::text))
                            .as(key)
                            .contains(copy.text()));
        }
    }
}
