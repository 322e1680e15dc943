package io.evcache.testkit;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.extension.RegisterExtension;

class EmbeddedMemcached1638ContractTest extends MemcachedServerContract {
    @RegisterExtension
    static final EmbeddedMemcachedExtension memcached = EmbeddedMemcachedExtension.of(
            EmbeddedMemcached.builder().capabilities(Capabilities.V1_6_38).clock(TestClock.create()));

    @Override
    InetSocketAddress server() {
        return new InetSocketAddress(
                InetAddress.getLoopbackAddress(), memcached.server().port());
    }

    @Override
    String version() {
        return "1.6.38";
    }

    @Override
    int toleratedSeconds() {
        return 0;
    }
}
