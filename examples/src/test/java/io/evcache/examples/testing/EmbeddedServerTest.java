package io.evcache.examples.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.evcache.client.EvCache;
import io.evcache.client.EvCacheClient;
import io.evcache.client.EvCacheConfig;
import io.evcache.core.tls.Tls;
import io.evcache.testkit.EmbeddedMemcached;
import io.evcache.testkit.TestAuthority;
import io.evcache.testkit.TestClock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class EmbeddedServerTest {

    @Test
    void valuesEndWhenTheClockIsMoved() {
        // snippet: clock
        TestClock clock = TestClock.create();
        try (EmbeddedMemcached server = EmbeddedMemcached.builder().clock(clock).start();
                EvCacheClient client = EvCacheClient.connect(EvCacheConfig.builder("a=" + server.address())
                        .writeTimeout(Duration.ofSeconds(5))
                        .build())) {
            EvCache<String> cache = client.cache("c");
            cache.set("k", "v", Duration.ofSeconds(10));
            assertThat(server.itemCount()).isEqualTo(1);

            clock.advance(Duration.ofSeconds(10));

            assertThat(server.itemCount()).isZero();
        }
        // end
    }

    @Test
    void serverIsTrustedByItsAuthority() {
        // snippet: tls
        try (TestAuthority authority = TestAuthority.create();
                EmbeddedMemcached server = EmbeddedMemcached.builder()
                        .tls(authority.issue("127.0.0.1"))
                        .start();
                EvCacheClient client = EvCacheClient.connect(EvCacheConfig.builder("a=" + server.address())
                        .tls(Tls.trusting(authority.certificate()))
                        .connectTimeout(Duration.ofSeconds(10))
                        .writeTimeout(Duration.ofSeconds(5))
                        .build())) {
            assertThat(client.cache("c").set("k", "v")).isTrue();
        }
        // end
    }
}
