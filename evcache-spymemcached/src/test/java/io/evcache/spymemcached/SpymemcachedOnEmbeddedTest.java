package io.evcache.spymemcached;

import io.evcache.core.transport.Transport;
import io.evcache.core.transport.TransportConfig;
import io.evcache.core.transport.TransportContract;
import io.evcache.testkit.EmbeddedMemcachedExtension;
import org.junit.jupiter.api.extension.RegisterExtension;

class SpymemcachedOnEmbeddedTest extends TransportContract {
    @RegisterExtension
    static final EmbeddedMemcachedExtension MEMCACHED = EmbeddedMemcachedExtension.create();

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
