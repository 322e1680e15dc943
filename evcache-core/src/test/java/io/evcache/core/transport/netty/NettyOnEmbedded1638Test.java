package io.evcache.core.transport.netty;

import io.evcache.core.transport.Transport;
import io.evcache.core.transport.TransportConfig;
import io.evcache.core.transport.TransportContract;
import io.evcache.testkit.Capabilities;
import io.evcache.testkit.EmbeddedMemcached;
import io.evcache.testkit.EmbeddedMemcachedExtension;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The test kit's server with explicit versions. */
class NettyOnEmbedded1638Test extends TransportContract {
    @RegisterExtension
    static final EmbeddedMemcachedExtension MEMCACHED =
            EmbeddedMemcachedExtension.of(EmbeddedMemcached.builder().capabilities(Capabilities.V1_6_38));

    @Override
    protected Transport start(TransportConfig config) {
        return NettyTransport.start(config);
    }

    @Override
    protected int port() {
        return MEMCACHED.server().port();
    }
}
