package io.evcache.core.topology.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evcache.core.error.InvalidConfiguration;
import io.evcache.core.topology.NodeAddress;
import io.evcache.core.topology.RecordingListener;
import io.evcache.core.topology.Topology;
import io.evcache.core.topology.TopologyProvider;
import io.evcache.core.topology.TopologyProviderContract;
import io.evcache.core.topology.Zone;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DnsTopologyTest extends TopologyProviderContract {
    private static final String TEMPLATE = "memcached-{zone}.cache.test:11211";

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
        return DnsTopology.of(TEMPLATE, server.address(), "a", "b").every(ROUND).on(time);
    }

    @Override
    protected void exist(int... nodesOfA) {
        String[] addresses =
                Arrays.stream(nodesOfA).mapToObj(number -> node(number).host()).toArray(String[]::new);
        server.answer("memcached-a.cache.test", "A", addresses);
        server.answer("memcached-b.cache.test", "A", node(9).host());
        server.fail(false);
    }

    @Override
    protected void fail() {
        server.fail(true);
    }

    @Test
    void orderOfTheAnswersDoesNotMatter() throws Exception {
        List<Topology> heard = new ArrayList<>();
        exist(1, 2, 3);
        AutoCloseable watch = provider().watch(heard::add);
        time.run();

        exist(3, 1, 2);
        int before = server.questions();
        time.pass(ROUND);

        assertThat(server.questions()).isGreaterThan(before);
        assertThat(heard).hasSize(1);
        watch.close();
    }

    @Test
    void zoneWhoseNameIsGoneKeepsItsNodesWhileOthersChange() throws Exception {
        RecordingListener listener = new RecordingListener();
        exist(1, 2);
        AutoCloseable watch = provider().watch(listener);
        time.run();

        exist(1, 2, 3);
        server.answer("memcached-b.cache.test", "A");
        time.pass(ROUND);

        assertThat(listener.heard).last().satisfies(topology -> {
            assertThat(topology.zone("a").orElseThrow().nodes()).hasSize(3);
            assertThat(topology.zone("b")).contains(Zone.of("b", node(9)));
        });
        assertThat(listener.failures).singleElement().asString().contains("memcached-b.cache.test has no addresses");
        watch.close();
    }

    @Test
    void zoneThatWasNeverResolvedJoinsLater() throws Exception {
        List<Topology> heard = new ArrayList<>();
        server.answer("memcached-a.cache.test", "A", "10.0.0.1");
        AutoCloseable watch = provider().watch(heard::add);
        time.run();
        assertThat(heard).last().isEqualTo(Topology.of(Zone.of("a", node(1))));

        exist(1);
        time.pass(ROUND);

        assertThat(heard).last().isEqualTo(Topology.of(Zone.of("a", node(1)), Zone.of("b", node(9))));
        watch.close();
    }

    @Test
    void nameWithoutIpv4AddressesIsAskedForIpv6() throws Exception {
        List<Topology> heard = new ArrayList<>();
        exist(1);
        server.answer("memcached-a.cache.test", "A");
        server.answer("memcached-a.cache.test", "AAAA", "2001:db8::1");
        AutoCloseable watch = provider().watch(heard::add);
        time.run();
        watch.close();

        NodeAddress node = heard.get(0).zone("a").orElseThrow().nodes().get(0);
        assertThat(node.toString()).isEqualTo("[2001:db8:0:0:0:0:0:1]:11211");
    }

    @Test
    void resolverOfTheMachineIsAskedUnlessAServerIsNamed() throws Exception {
        List<Topology> heard = new ArrayList<>();

        AutoCloseable watch = DnsTopology.of("localhost:11211", "a").on(time).watch(heard::add);
        time.run();
        watch.close();

        assertThat(heard)
                .singleElement()
                .satisfies(
                        topology -> assertThat(topology.zone("a").orElseThrow().nodes())
                                .allMatch(node -> node.host().equals("127.0.0.1")
                                        || node.host().endsWith(":1")));
    }

    @Test
    void nameThatCouldLeadElsewhereIsNotAsked() {
        assertThatThrownBy(() -> server.address().records("ldap://localhost/cn=a", "A"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("not the name of a host: 'ldap://localhost/cn=a'");
        assertThat(server.questions()).isZero();
    }

    @Test
    void templateThatMakesNoNodesIsRefused() {
        assertThatThrownBy(() -> DnsTopology.of("memcached:11211", "a", "b"))
                .isInstanceOf(InvalidConfiguration.class)
                .hasMessageContaining("must contain {zone}");
        assertThatThrownBy(() -> DnsTopology.of("memcached-{zone}", "a")).hasMessageContaining("has no port");
        assertThatThrownBy(() -> DnsTopology.of(TEMPLATE)).hasMessage("there are no zones");
        assertThatThrownBy(() -> DnsTopology.of(TEMPLATE, "a", "a")).hasMessageContaining("more than once");
    }
}
