package io.evcache.testkit;

import static java.util.Objects.requireNonNull;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** Keeps the recorded table honest: the real server is asked again. Only the version that was recorded counts. */
@TestInstance(Lifecycle.PER_CLASS)
class LocalMemcached1618ContractIT extends MemcachedServerContract {
    private @Nullable LocalMemcached memcached;

    @BeforeAll
    void start() {
        MemcachedBinary binary = ServerRequirement.memcached(LocalMemcached.Version.DEBIAN_12);
        Assumptions.assumeTrue(binary.version().equals(version()), () -> binary + " is not " + version());
        memcached = LocalMemcached.start(binary);
    }

    @AfterAll
    void close() {
        if (memcached != null) {
            memcached.close();
        }
    }

    @Override
    InetSocketAddress server() {
        return new InetSocketAddress(
                InetAddress.getLoopbackAddress(), requireNonNull(memcached).port());
    }

    @Override
    String version() {
        return "1.6.18";
    }

    @Override
    int toleratedSeconds() {
        return 2;
    }
}
