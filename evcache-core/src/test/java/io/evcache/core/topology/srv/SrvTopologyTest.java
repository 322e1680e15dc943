package io.evcache.core.topology.srv;

import static org.assertj.core.api.Assertions.assertThat;

import io.evcache.core.topology.NodeAddress;
import io.evcache.core.topology.Topology;
import io.evcache.core.topology.TopologyProvider;
import io.evcache.core.topology.TopologyProviderContract;
import io.evcache.core.topology.dns.TestNameServer;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SrvTopologyTest extends TopologyProviderContract {
    private static final String A = "_memcache._tcp.memcached-a.cache.test";
    private static final String B = "_memcache._tcp.memcached-b.cache.test";

    private TestNameServer server;

    @BeforeEach
    void startServer() throws SocketException {
        server = new TestNameServer();
    }

    @AfterEach
    void stopServer() {
        server.close();
    }

    @Override
    protected TopologyProvider provider() {
        return SrvTopology.of("_memcache._tcp.memcached-{zone}.cache.test", server.address(), "a", "b")
                .every(ROUND)
                .on(time);
    }

    @Override
    protected NodeAddress node(int number) {
        return new NodeAddress("memcached-" + number + ".cache.test", 11_210 + number);
    }

    @Override
    protected void exist(int... nodesOfA) {
        server.answer(A, "SRV", Arrays.stream(nodesOfA).mapToObj(this::record).toArray(String[]::new));
        server.answer(B, "SRV", record(9));
        server.fail(false);
    }

    private String record(int number) {
        return "0 33 " + node(number).port() + " " + node(number).host();
    }

    @Override
    protected void fail() {
        server.fail(true);
    }

    @Test
    void orderOfTheRecordsDoesNotMatter() throws Exception {
        List<Topology> heard = new ArrayList<>();
        exist(1, 2, 3);
        AutoCloseable watch = provider().watch(heard::add);
        time.run();

        exist(2, 3, 1);
        int before = server.questions();
        time.pass(ROUND);

        assertThat(server.questions()).isGreaterThan(before);
        assertThat(heard).hasSize(1);
        watch.close();
    }
}
