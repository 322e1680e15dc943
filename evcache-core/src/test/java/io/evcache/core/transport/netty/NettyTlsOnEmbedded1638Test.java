package io.evcache.core.transport.netty;

import io.evcache.core.tls.Tls;
import io.evcache.core.transport.Transport;
import io.evcache.core.transport.TransportConfig;
import io.evcache.core.transport.TransportContract;
import io.evcache.testkit.Capabilities;
import io.evcache.testkit.EmbeddedMemcached;
import io.evcache.testkit.EmbeddedMemcachedExtension;
import io.evcache.testkit.TestAuthority;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The test kit's server with explicit versions, encrypted. */
class NettyTlsOnEmbedded1638Test extends TransportContract {
    private static final TestAuthority AUTHORITY = TestAuthority.create();

    @RegisterExtension
    static final EmbeddedMemcachedExtension MEMCACHED = EmbeddedMemcachedExtension.of(
            EmbeddedMemcached.builder().capabilities(Capabilities.V1_6_38).tls(AUTHORITY.issue("127.0.0.1")));

    @AfterAll
    static void removeCertificates() {
        AUTHORITY.close();
    }

    @Override
    protected Transport start(TransportConfig config) {
        return NettyTransport.start(config.withTls(Tls.trusting(AUTHORITY.certificate())));
    }

    @Override
    protected int port() {
        return MEMCACHED.server().port();
    }
}
