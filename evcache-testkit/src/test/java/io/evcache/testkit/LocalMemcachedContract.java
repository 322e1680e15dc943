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
abstract class LocalMemcachedContract extends MemcachedServerContract {
    private final LocalMemcached.Version wanted;
    private final String recorded;
    private @Nullable LocalMemcached memcached;

    /**
     * Creates the contract for a server.
     *
     * @param recorded the version whose replies are in the table
     */
    LocalMemcachedContract(LocalMemcached.Version wanted, String recorded) {
        this.wanted = wanted;
        this.recorded = recorded;
    }

    @BeforeAll
    void start() {
        MemcachedBinary binary = ServerRequirement.memcached(wanted);
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
        return recorded;
    }

    @Override
    int toleratedSeconds() {
        return 2;
    }
}
