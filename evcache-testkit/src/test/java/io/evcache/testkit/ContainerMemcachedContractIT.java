package io.evcache.testkit;

import static java.util.Objects.requireNonNull;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** Runs in -Pcontainers where Docker is. */
@Tag("containers")
@TestInstance(Lifecycle.PER_CLASS)
class ContainerMemcachedContractIT extends MemcachedServerContract {
    private Containers.@Nullable Server memcached;

    @BeforeAll
    void start() {
        memcached = Containers.memcached();
    }

    @AfterAll
    void close() {
        if (memcached != null) {
            memcached.close();
        }
    }

    @Override
    InetSocketAddress server() {
        String address = requireNonNull(memcached).address();
        int colon = address.lastIndexOf(':');
        return new InetSocketAddress(address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)));
    }

    @Override
    String version() {
        return "1.6.38";
    }

    @Override
    int toleratedSeconds() {
        return 2;
    }
}
