package io.evcache.core.transport.netty;

import io.evcache.core.transport.Transport;
import io.evcache.core.transport.TransportConfig;
import io.evcache.core.transport.TransportContract;
import io.evcache.testkit.LocalMemcached.Version;
import io.evcache.testkit.LocalMemcachedExtension;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A memcached that has explicit versions. */
class NettyOnNewestMemcachedIT extends TransportContract {
    @RegisterExtension
    static final LocalMemcachedExtension MEMCACHED = LocalMemcachedExtension.of(Version.NEWEST);

    @Override
    protected Transport start(TransportConfig config) {
        return NettyTransport.start(config);
    }

    @Override
    protected int port() {
        return MEMCACHED.server().port();
    }
}
