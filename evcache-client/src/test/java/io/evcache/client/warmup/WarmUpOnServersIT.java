package io.evcache.client.warmup;

import static org.assertj.core.api.Assertions.assertThat;

import io.evcache.client.AsyncEvCache;
import io.evcache.client.EvCacheClient;
import io.evcache.client.EvCacheConfig;
import io.evcache.client.ZoneItem;
import io.evcache.client.warmup.WarmUpResult.End;
import io.evcache.core.value.Codec;
import io.evcache.core.value.Ttl;
import io.evcache.testkit.LocalMemcached.Version;
import io.evcache.testkit.LocalZonesExtension;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The crawler, the lives and the tokens of real memcached. */
class WarmUpOnServersIT {
    private static final int ITEMS = 5_000;
    private static final long LIFE_SECONDS = 1_000;

    @RegisterExtension
    static final LocalZonesExtension servers = LocalZonesExtension.of(Version.DEBIAN_12, 3, "a", "c");

    private static EvCacheClient connect(String zones) {
        return EvCacheClient.connect(EvCacheConfig.builder(zones)
                .bigValues()
                .readTimeout(Duration.ofSeconds(5))
                .writeTimeout(Duration.ofSeconds(5))
                .build());
    }

    private static WarmUpResult run(EvCacheClient client) throws Exception {
        return client.warmUp("c")
                .from("a")
                .itemsPerSecond(100_000)
                .settleTime(Duration.ofMillis(100))
                .start()
                .completion()
                .toCompletableFuture()
                .get(60, TimeUnit.SECONDS);
    }

    @Test
    void thousandsOfItemsAndALargeOneAreCopiedOnceWithTheirLives() throws Exception {
        String[] parts = servers.connectString().split(";", -1);
        byte[] large = new byte[3_000_000];
        new Random(1).nextBytes(large);
        try (EvCacheClient both = connect(parts[0] + ";" + parts[1].replace("c=", "c(WRITE_ONLY)="));
                EvCacheClient onlyA = connect(parts[0]);
                EvCacheClient onlyC = connect(parts[1])) {
            AsyncEvCache<String> cache = onlyA.cache("t").async();
            List<CompletableFuture<?>> all = new ArrayList<>();
            for (int i = 0; i < ITEMS; i++) {
                Duration life = Duration.ofSeconds(LIFE_SECONDS + i);
                all.add(cache.set("k" + i, "v" + i, life).settled().toFuture());
            }
            all.forEach(CompletableFuture::join);
            assertThat(onlyA.cache("big", Codec.bytes()).set("k", large)).isTrue();

            WarmUpResult first = run(both);
            WarmUpResult second = run(both);

            assertThat(first.end()).isEqualTo(End.THROUGH);
            assertThat(first.progress().failures()).isEmpty();
            assertThat(first.progress().copied()).isEqualTo(ITEMS + 4); // the large one is a manifest and three chunks
            assertThat(first.progress().withdrawn()).isZero();
            assertThat(first.progress().hitRate()).isEqualTo(1);
            assertThat(second.progress().copied()).isZero();
            assertThat(second.progress().present()).isEqualTo(ITEMS + 4);
            assertThat(onlyC.cache("big", Codec.bytes()).get("k")).isEqualTo(large);
            for (int i = 0; i < ITEMS; i += 100) {
                ZoneItem item = onlyC.cache("t").inspect("k" + i).get(0);
                assertThat(item.state()).isEqualTo(ZoneItem.State.PRESENT);
                Ttl left = Objects.requireNonNull(item.details().ttl());
                assertThat(left.seconds()).isBetween(LIFE_SECONDS + i - 120, LIFE_SECONDS + i);
                assertThat(onlyC.cache("t").get("k" + i)).isEqualTo("v" + i);
            }
        }
    }
}
