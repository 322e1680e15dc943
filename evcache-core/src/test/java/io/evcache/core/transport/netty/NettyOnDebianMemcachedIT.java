package io.evcache.core.transport.netty;

import io.evcache.core.transport.Transport;
import io.evcache.core.transport.TransportConfig;
import io.evcache.core.transport.TransportContract;
import io.evcache.testkit.LocalMemcached.Version;
import io.evcache.testkit.LocalMemcachedExtension;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The system's own memcached; on Debian 12 that is 1.6.18, without explicit versions. */
class NettyOnDebianMemcachedIT extends TransportContract {
    @RegisterExtension
    static final LocalMemcachedExtension MEMCACHED = LocalMemcachedExtension.of(Version.DEBIAN_12);

    @Override
    protected Transport start(TransportConfig config) {
        return NettyTransport.start(config);
    }

    @Override
    protected int port() {
        return MEMCACHED.server().port();
    }
}
