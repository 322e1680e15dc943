package io.evcache.spymemcached;

import io.evcache.core.transport.Transport;
import io.evcache.core.transport.TransportConfig;
import io.evcache.core.transport.TransportContract;
import io.evcache.testkit.LocalMemcached.Version;
import io.evcache.testkit.LocalMemcachedExtension;
import org.junit.jupiter.api.extension.RegisterExtension;

class SpymemcachedOnNewestMemcachedIT extends TransportContract {
    @RegisterExtension
    static final LocalMemcachedExtension MEMCACHED = LocalMemcachedExtension.of(Version.NEWEST);

    @Override
    protected Transport start(TransportConfig config) {
        return SpymemcachedTransport.start(config);
    }

    @Override
    protected int port() {
        return MEMCACHED.server().port();
    }

    @Override
    protected boolean listsItems() {
        return false;
    }

    @Override
    protected boolean staysOpenWhenACommandIsRefused() {
        return false; // spymemcached hangs up on any error line
    }
}
