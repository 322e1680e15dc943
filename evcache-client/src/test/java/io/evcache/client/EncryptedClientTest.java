package io.evcache.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.evcache.client.pipeline.WritePolicy;
import io.evcache.core.tls.Tls;
import io.evcache.testkit.EmbeddedMemcached;
import io.evcache.testkit.TestAuthority;
import io.evcache.testkit.TestCertificate;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class EncryptedClientTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final TestAuthority AUTHORITY = TestAuthority.create();
    private static final TestCertificate OF_HOST = AUTHORITY.issue("127.0.0.1");

    @AfterAll
    static void removeCertificates() {
        AUTHORITY.close();
    }

    @Test
    void writesAllZonesAndReadsThem() {
        try (EmbeddedMemcached a = encrypted(OF_HOST);
                EmbeddedMemcached b = encrypted(OF_HOST);
                EvCacheClient client = connect(WritePolicy.ALL, a, b)) {
            EvCache<String> cache = client.cache("greetings");

            cache.set("hello", "world", MINUTE);

            assertThat(cache.get("hello")).isEqualTo("world");
            assertThat(a.keys()).containsExactly("greetings:hello");
            assertThat(b.keys()).containsExactly("greetings:hello");
        }
    }

    @Test
    void zoneThatCannotProveItsNameIsDownAndTheOtherAnswers() {
        try (EmbeddedMemcached a = encrypted(AUTHORITY.issue("elsewhere.example"));
                EmbeddedMemcached b = encrypted(OF_HOST);
                EvCacheClient client = connect(WritePolicy.ONE, a, b)) {
            EvCache<String> cache = client.cache("greetings");

            cache.set("hello", "world", MINUTE);

            GetResult<String> found = cache.lookup("hello");
            assertThat(found.value()).isEqualTo("world");
            assertThat(found.zone()).isEqualTo("b");
            assertThat(a.keys()).isEmpty();
        }
    }

    @Test
    void zoneWithoutTlsIsDownAndHearsNothing() {
        try (EmbeddedMemcached a = EmbeddedMemcached.start();
                EmbeddedMemcached b = encrypted(OF_HOST);
                EvCacheClient client = connect(WritePolicy.ONE, a, b)) {
            EvCache<String> cache = client.cache("greetings");

            cache.set("hello", "world", MINUTE);

            assertThat(cache.lookup("hello").zone()).isEqualTo("b");
            assertThat(a.keys()).isEmpty();
        }
    }

    @Test
    void serverThatComesBackIsConnectedToAgain() {
        try (EmbeddedMemcached a = encrypted(OF_HOST);
                EvCacheClient client = EvCacheClient.connect(EvCacheConfig.builder("a=" + a.address())
                        .tls(Tls.trusting(AUTHORITY.certificate()))
                        .build())) {
            EvCache<String> cache = client.cache("greetings");
            a.stop();
            await().until(() -> cache.lookup("hello").status() == GetResult.Status.FAILED);

            a.restart();

            await().until(() -> cache.lookup("hello").status() == GetResult.Status.MISS);
        }
    }

    private static EmbeddedMemcached encrypted(TestCertificate certificate) {
        return EmbeddedMemcached.builder().tls(certificate).start();
    }

    private static EvCacheClient connect(WritePolicy policy, EmbeddedMemcached a, EmbeddedMemcached b) {
        return EvCacheClient.connect(EvCacheConfig.builder("a=" + a.address() + ";b=" + b.address())
                .tls(Tls.trusting(AUTHORITY.certificate()))
                .writePolicy(policy)
                .readTimeout(Duration.ofSeconds(5))
                .writeTimeout(Duration.ofSeconds(5))
                .build());
    }
}
