package io.evcache.core.transport.netty;

import io.evcache.core.tls.Tls;
import io.evcache.core.transport.Transport;
import io.evcache.core.transport.TransportConfig;
import io.evcache.core.transport.TransportContract;
import io.evcache.testkit.LocalMemcached.Version;
import io.evcache.testkit.LocalMemcachedExtension;
import io.evcache.testkit.TestAuthority;
import io.evcache.testkit.TestCertificate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Mutual TLS with a real memcached: its OpenSSL against the JDK's provider. */
class NettyTlsOnDebianMemcachedIT extends TransportContract {
    private static final TestAuthority AUTHORITY = TestAuthority.create();
    private static final TestCertificate CLIENT = AUTHORITY.issue("client");

    @RegisterExtension
    static final LocalMemcachedExtension MEMCACHED = LocalMemcachedExtension.of(
            Version.DEBIAN_12, AUTHORITY.issue("127.0.0.1").memcachedOptionsForMutualTls());

    @AfterAll
    static void removeCertificates() {
        AUTHORITY.close();
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
