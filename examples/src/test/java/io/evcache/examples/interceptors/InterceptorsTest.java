package io.evcache.examples.interceptors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.evcache.client.EvCache;
import io.evcache.client.EvCacheClient;
import io.evcache.client.EvCacheConfig;
import io.evcache.client.GetResult;
import io.evcache.client.GetResult.Status;
import io.evcache.core.error.NodeUnavailable;
import io.evcache.testkit.EmbeddedZonesExtension;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class InterceptorsTest {
    @RegisterExtension
    static final EmbeddedZonesExtension servers = EmbeddedZonesExtension.of(1, "a");

    @RegisterExtension
    static final EmbeddedZonesExtension shadows = EmbeddedZonesExtension.of(1, "s");

    @Test
    void throttlingRefusesWhatIsOverTheLimitAndGivesThePlacesBack() {
        try (EvCacheClient client = EvCacheClient.builder(config(servers))
                .interceptor(new Throttling(2))
                .connect()) {
            EvCache<String> cache = client.cache("busy");
            assertThat(cache.set("k", "v")).isTrue();
            servers.zones().hangZone("a");
            CompletableFuture<GetResult<String>> first = cache.async().lookup("k");
            CompletableFuture<GetResult<String>> second = cache.async().lookup("k");

            GetResult<String> third = cache.lookup("k");
            servers.zones().resumeZone("a");

            assertThat(third.status()).isEqualTo(Status.FAILED);
            assertThat(third.cause())
                    .isInstanceOf(NodeUnavailable.class)
                    .hasMessageContaining("more than 2 reads of cache busy");
            assertThat(first.join().value()).isEqualTo("v");
            assertThat(second.join().value()).isEqualTo("v");
            await().until(() -> cache.lookup("k").isHit());
        }
    }

    @Test
    void slowCallsAndFailuresAreReportedAndOthersNot() {
        Queue<String> quick = new ConcurrentLinkedQueue<>();
        Queue<String> all = new ConcurrentLinkedQueue<>();
        try (EvCacheClient client = EvCacheClient.builder(config(servers))
                .observer(new SlowCalls(Duration.ofHours(1), quick::add))
                .observer(new SlowCalls(Duration.ZERO, all::add))
                .connect()) {
            EvCache<String> cache = client.cache("slow");

            assertThat(cache.set("k", "v")).isTrue();
            cache.get("k");
            await().until(() -> all.size() == 2);
            assertThat(quick).isEmpty();
            servers.zones().stopZone("a");
            cache.get("k");

            await().until(() -> quick.size() == 1);
            assertThat(all).anySatisfy(line -> assertThat(line).contains("get slow:k took", "answered by a"));
            assertThat(quick.element()).contains("get slow:k failed");
        }
    }

    @Test
    void shadowIsWrittenReadAndComparedAndItsFailuresHurtNobody() {
        try (EvCacheClient shadow = EvCacheClient.connect(config(shadows))) {
            ShadowTraffic traffic = new ShadowTraffic(shadow.pipeline(), 100);
            try (EvCacheClient client =
                    EvCacheClient.builder(config(servers)).interceptor(traffic).connect()) {
                EvCache<String> cache = client.cache("tried");

                assertThat(cache.set("k", "v")).isTrue();
                await().until(() -> shadows.zones().peek("s", "tried:k").isPresent());
                assertThat(cache.get("k")).isEqualTo("v");
                await().until(() -> traffic.same() == 1);
                shadows.zones().stopZone("s");

                assertThat(cache.set("k", "w")).isTrue();
                assertThat(cache.get("k")).isEqualTo("w");
                await().until(() -> traffic.different() == 1);
            }
        }
    }

    private static EvCacheConfig config(EmbeddedZonesExtension zones) {
        return EvCacheConfig.builder(zones.connectString())
                .readTimeout(Duration.ofSeconds(10))
                .writeTimeout(Duration.ofSeconds(10))
                .build();
    }
}
