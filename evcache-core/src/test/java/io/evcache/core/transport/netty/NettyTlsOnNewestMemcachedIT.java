package io.evcache.core.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.evcache.core.command.Get;
import io.evcache.core.command.Lookup;
import io.evcache.core.command.Pending;
import io.evcache.core.key.Key;
import io.evcache.core.time.Deadline;
import io.evcache.core.time.Ticker;
import io.evcache.core.tls.Tls;
import io.evcache.core.topology.NodeAddress;
import io.evcache.core.transport.Connection;
import io.evcache.core.transport.Transport;
import io.evcache.core.transport.TransportConfig;
import io.evcache.core.transport.TransportContract;
import io.evcache.testkit.LocalMemcached.Version;
import io.evcache.testkit.LocalMemcachedExtension;
import io.evcache.testkit.TestAuthority;
import io.evcache.testkit.TestCertificate;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Mutual TLS with a real memcached: its OpenSSL against the JDK's provider. */
class NettyTlsOnNewestMemcachedIT extends TransportContract {
    private static final TestAuthority AUTHORITY = TestAuthority.create();
    private static final TestCertificate CLIENT = AUTHORITY.issue("client");

    @RegisterExtension
    static final LocalMemcachedExtension MEMCACHED = LocalMemcachedExtension.of(
            Version.NEWEST, AUTHORITY.issue("127.0.0.1").memcachedOptionsForMutualTls());

    @AfterAll
    static void removeCertificates() {
        AUTHORITY.close();
    }

    /** OpenSSL refuses to take up sessions again that memcached has not named: the second connection of a transport failed. */
    @Test
    void everyConnectionOfATransportComesAbout() throws Exception {
        try (Transport transport = start(TransportConfig.defaults().withConnectTimeout(Duration.ofSeconds(5)))) {
            for (int i = 0; i < 4; i++) {
                Connection connection = transport
                        .connect(new NodeAddress(host(), port()), 0)
                        .toCompletableFuture()
                        .get(10, TimeUnit.SECONDS);

                Pending<Lookup> call =
                        connection.send(Get.of(Key.of("any")), Deadline.after(Duration.ofSeconds(10), Ticker.system()));
                assertThat(call.await(Deadline.after(Duration.ofSeconds(10), Ticker.system())))
                        .isEqualTo(Lookup.Miss.PLAIN);
            }
        }
    }

    @Override
    protected Transport start(TransportConfig config) {
        return NettyTransport.start(config.withTls(Tls.mutual(AUTHORITY.certificate(), CLIENT.chain(), CLIENT.key())));
    }

    @Override
    protected int port() {
        return MEMCACHED.server().port();
    }
}
