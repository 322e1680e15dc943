package io.evcache.examples.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.evcache.client.EvCache;
import io.evcache.client.EvCacheClient;
import io.evcache.client.EvCacheConfig;
import io.evcache.testkit.FaultProxyExtension;
import io.evcache.testkit.LocalMemcached.Version;
import io.evcache.testkit.LocalMemcachedExtension;
import java.time.Duration;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class RealServersIT {
    // snippet: server
    @RegisterExtension
    @Order(1)
    static final LocalMemcachedExtension memcached = LocalMemcachedExtension.of(Version.NEWEST);
    // end

    // snippet: proxy
    @RegisterExtension
    @Order(2) // after the server that it stands before
    static final FaultProxyExtension proxy = FaultProxyExtension.to(memcached::address);
    // end

    @Test
    void clientSurvivesARestart() {
        try (EvCacheClient client = EvCacheClient.connect(patient(memcached.address()))) { // 127.0.0.1:42941
            EvCache<String> cache = client.cache("c");
            assertThat(cache.set("k", "v")).isTrue();
            // snippet: outages
            memcached.server().kill(); // SIGKILL: connections end, new ones are refused
            memcached.server().restart(); // empty, on the same port
            memcached.server().hang(); // SIGSTOP: connections open, nothing is answered
            memcached.server().resume(); // SIGCONT: answers what has come meanwhile
            // end
            await().atMost(Duration.ofSeconds(30)).until(() -> cache.set("k", "v"));
        }
    }

    @Test
    void clientSurvivesTheNetwork() {
        try (EvCacheClient client = EvCacheClient.connect(patient(proxy.address()))) {
            EvCache<String> cache = client.cache("c");
            assertThat(cache.set("k", "v")).isTrue();
            // snippet: faults
            proxy.proxy().toClient().latency(Duration.ofMillis(50));
            proxy.proxy().toServer().blackHole();
            proxy.proxy().heal();
            // end
            await().atMost(Duration.ofSeconds(30)).until(() -> "v".equals(cache.get("k")));
        }
    }

    private static EvCacheConfig patient(String address) {
        return EvCacheConfig.builder("a=" + address)
                .readTimeout(Duration.ofSeconds(5))
                .writeTimeout(Duration.ofSeconds(5))
                .build();
    }
}
