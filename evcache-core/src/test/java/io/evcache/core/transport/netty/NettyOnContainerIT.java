package io.evcache.core.transport.netty;

import static java.util.Objects.requireNonNull;

import io.evcache.core.transport.Transport;
import io.evcache.core.transport.TransportConfig;
import io.evcache.core.transport.TransportContract;
import io.evcache.testkit.Containers;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** Runs in -Pcontainers where Docker is. */
@Tag("containers")
@TestInstance(Lifecycle.PER_CLASS)
class NettyOnContainerIT extends TransportContract {
    private Containers.@Nullable Server memcached;

    @BeforeAll
    void startContainer() {
        memcached = Containers.memcached();
    }

    @AfterAll
    void stopContainer() {
        if (memcached != null) {
            memcached.close();
        }
    }

    @Override
    protected Transport start(TransportConfig config) {
        return NettyTransport.start(config);
    }

    @Override
    protected String host() {
        return address()[0];
    }

    @Override
    protected int port() {
        return Integer.parseInt(address()[1]);
    }

    private String[] address() {
        return requireNonNull(memcached).address().split(":", 2);
    }
}
