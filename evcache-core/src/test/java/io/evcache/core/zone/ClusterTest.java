package io.evcache.core.zone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.evcache.core.command.Feature;
import io.evcache.core.command.Get;
import io.evcache.core.command.Lookup;
import io.evcache.core.command.Pending;
import io.evcache.core.key.Key;
import io.evcache.core.node.ManualScheduler;
import io.evcache.core.ring.RingDialect;
import io.evcache.core.time.Deadline;
import io.evcache.core.time.Ticker;
import io.evcache.core.topology.NodeAddress;
import io.evcache.core.topology.Topology;
import io.evcache.core.topology.TopologyProvider;
import io.evcache.core.topology.ZoneMode;
import io.evcache.core.transport.Capabilities;
import io.evcache.core.transport.Connection;
import io.evcache.core.transport.FakeTransport;
import io.evcache.core.transport.FakeTransport.FakeConnection;
import io.evcache.core.transport.HostNames;
import io.evcache.core.transport.Transport;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ClusterTest {
    private static final Duration NO_DRAIN = Duration.ZERO;
    private static final Duration LONG_DRAIN = Duration.ofHours(1);

    /** A topology that cannot be built is tried again within that time. */
    private static final Duration RETRIED = Duration.ofSeconds(10);

    private final FakeTransport transport = FakeTransport.connecting(1);
    private final ManualScheduler admin = new ManualScheduler();

    /** The last byte of each address. */
    private final Map<String, Integer> dns = new HashMap<>();

    /** The names that were looked up in vain. */
    private final List<String> unknown = new ArrayList<>();

    private Consumer<Topology> changes = topology -> {};
    private Cluster cluster = open(RingDialect.LIBMEMCACHED, NO_DRAIN);

    private Cluster open(RingDialect dialect, Duration drain) {
        ClusterConfig config = ClusterConfig.of("test", dialect).withDrain(drain);
        TopologyProvider provider = listener -> {
            changes = listener::changed;
            return () -> {};
        };
        return Cluster.open(config, provider, transport);
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void isEmptyUntilTheFirstTopologyArrives() {
        assertThat(cluster.view().zones()).isEmpty();
        assertThat(cluster.awaitFirstAttempts(in(Duration.ofMillis(1)))).isFalse();

        changes.accept(Topology.parse("a=h1:1,h2:2;b=h3:3"));

        assertThat(cluster.awaitFirstAttempts(in(Duration.ofSeconds(30)))).isTrue();
        assertThat(cluster.view().zones()).extracting(ZoneRoute::name).containsExactly("a", "b");
        assertThat(transport.attempts()).hasSize(3);
    }

    @Test
    void providerThatBreaksLeavesNothingOpen() {
        FakeTransport unused = FakeTransport.connecting(1);
        ClusterConfig config = ClusterConfig.of("test", RingDialect.LIBMEMCACHED);

        assertThatThrownBy(() -> Cluster.open(
                        config,
                        listener -> {
                            throw new NoClassDefFoundError("on purpose");
                        },
                        unused))
                .isInstanceOf(NoClassDefFoundError.class);

        assertThat(unused.isClosed()).isTrue();
    }

    /** An error of whoever watches left the connections, the threads and the transport. */
    @Test
    void watchThatBreaksWhenItEndsLeavesNothingOpen() {
        FakeTransport other = FakeTransport.connecting(1);
        Cluster closed = Cluster.open(
                ClusterConfig.of("test", RingDialect.LIBMEMCACHED),
                listener -> {
                    listener.changed(Topology.parse("a=h1:1"));
                    return () -> {
                        throw new NoClassDefFoundError("on purpose");
                    };
                },
                other);
        assertThat(closed.awaitFirstAttempts(in(Duration.ofSeconds(30)))).isTrue();

        closed.close();

        assertThat(other.isClosed()).isTrue();
        assertThat(other.opened()).allMatch(FakeConnection::isClosed);
    }

    @Test
    void namesTheConnectedNodesThatLackAFeature() {
        apply("a=h1:1,h2:2");
        assertThat(cluster.lacking(Feature.TOMBSTONES)).isEmpty();

        connectionTo(2).can(new Capabilities("1.6.18", Set.of(Feature.LEASES)));

        assertThat(cluster.lacking(Feature.TOMBSTONES)).containsExactly("node h2:2 (1.6.18)");
        assertThat(cluster.lacking(Feature.LEASES)).isEmpty();
    }

    @Test
    void nodesThatStayKeepTheirConnections() {
        apply("a=h1:1,h2:2");

        apply("a=h2:2,h3:3;b=h4:4");

        assertThat(transport.attempts())
                .extracting(attempt -> attempt.node().port())
                .containsExactlyInAnyOrder(1, 2, 3, 4);
        assertThat(connectionTo(2).isClosed()).isFalse();
        await().untilAsserted(() -> assertThat(connectionTo(1).isClosed()).isTrue());
    }

    @Test
    void aRemovedNodeFinishesWhatIsInFlight() {
        cluster.close();
        cluster = open(RingDialect.LIBMEMCACHED, LONG_DRAIN);
        apply("a=h1:1");
        ClusterView before = cluster.view();
        Pending<Lookup> call = send(before, "k");

        apply("a=h2:2");

        assertThat(cluster.view()).isNotSameAs(before);
        assertThat(connectionTo(1).isClosed()).isFalse();
        assertThat(call.isSettled()).isFalse();
        assertThat(send(before, "late").isSettled()).isFalse();
        assertThat(connectionTo(1).sent()).hasSize(2);
    }

    @Test
    void aRemovedNodeWithACallInFlightIsNotClosedUntilItIsAnswered() {
        apply("a=h1:1");
        Pending<Lookup> call = send(cluster.view(), "k");

        apply("a=h2:2");
        apply("a=h3:3"); // the idle one goes, which proves that drain times have passed

        await().until(() -> connectionTo(2).isClosed());
        assertThat(connectionTo(1).isClosed()).isFalse();
        call.complete(Lookup.Miss.PLAIN);
        await().until(() -> connectionTo(1).isClosed());
    }

    @Test
    void keysMoveToANewNodeWhenItIsConnectedAndNotBefore() {
        FakeTransport slow = waiting();
        changes.accept(Topology.parse("a=h1:1"));
        await().until(() -> slow.attempts().size() == 1);
        slow.lastAttempt().succeed();

        changes.accept(Topology.parse("a=h1:1,h2:2"));
        await().until(() -> slow.attempts().size() == 2);
        assertThat(nodes(cluster.view())).containsExactly("a=h1:1");
        slow.lastAttempt().succeed();

        await().until(() -> nodes(cluster.view()).equals(List.of("a=h1:1", "a=h2:2")));
    }

    @Test
    void aNewNodeThatCannotBeReachedDoesNotHoldUpTheChangeForEver() {
        FakeTransport slow = waiting();
        changes.accept(Topology.parse("a=h1:1"));
        await().until(() -> slow.attempts().size() == 1);
        slow.lastAttempt().succeed();

        changes.accept(Topology.parse("a=h2:2"));
        await().until(() -> slow.attempts().size() == 2);
        slow.lastAttempt().fail();

        await().until(() -> nodes(cluster.view()).equals(List.of("a=h2:2")));
    }

    @Test
    void ofTopologiesThatArriveDuringAChangeOnlyTheLastIsApplied() {
        FakeTransport slow = waiting();
        changes.accept(Topology.parse("a=h1:1"));
        await().until(() -> slow.attempts().size() == 1);
        slow.lastAttempt().succeed();
        changes.accept(Topology.parse("a=h2:2"));
        await().until(() -> slow.attempts().size() == 2);

        changes.accept(Topology.parse("a=h3:3"));
        changes.accept(Topology.parse("a=h1:1,h2:2"));
        slow.lastAttempt().succeed();
        await().until(() -> slow.attempts().size() == 3);
        slow.lastAttempt().succeed();

        await().until(() -> nodes(cluster.view()).equals(List.of("a=h1:1", "a=h2:2")));
        assertThat(slow.attempts())
                .extracting(attempt -> attempt.node().port())
                .as("node 1 was removed in between, and is connected to anew")
                .containsExactly(1, 2, 1);
    }

    /** An operator who took a zone out of reads was told that it was done, and it was read on for as long as some new node let itself be waited for. */
    @Test
    void modesAreInForceWhileNewNodesAreWaitedFor() {
        FakeTransport slow = waiting();
        changes.accept(Topology.parse("a=h1:1;b=h2:2"));
        await().until(() -> slow.attempts().size() == 2);
        slow.attempts().forEach(FakeTransport.Attempt::succeed);
        changes.accept(Topology.parse("a=h1:1,h3:3;b=h2:2"));
        await().until(() -> slow.attempts().size() == 3);

        changes.accept(Topology.parse("a=h1:1,h3:3;b(WRITE_ONLY)=h2:2"));

        assertThat(cluster.awaitChanges(in(Duration.ofSeconds(30)))).isTrue();
        assertThat(cluster.view().zone("b").orElseThrow().mode()).isEqualTo(ZoneMode.WRITE_ONLY);
        assertThat(nodes(cluster.view())).containsExactly("a=h1:1", "b=h2:2");
        slow.lastAttempt().succeed();
        await().until(() -> cluster.view().zone("a").orElseThrow().nodes().size() == 2);
        assertThat(cluster.view().zone("b").orElseThrow().mode()).isEqualTo(ZoneMode.WRITE_ONLY);
    }

    @Test
    void modesThatLeaveNothingToReadWaitForTheNewNodes() {
        FakeTransport slow = waiting();
        changes.accept(Topology.parse("a=h1:1"));
        await().until(() -> slow.attempts().size() == 1);
        slow.lastAttempt().succeed();

        changes.accept(Topology.parse("a(DRAINING)=h1:1;b=h2:2"));
        await().until(() -> slow.attempts().size() == 2);

        assertThat(cluster.view().zone("a").orElseThrow().mode()).isEqualTo(ZoneMode.READ_WRITE);
        slow.lastAttempt().succeed();
        await().until(() -> nodes(cluster.view()).equals(List.of("a=h1:1", "b=h2:2")));
        assertThat(cluster.view().zone("a").orElseThrow().mode()).isEqualTo(ZoneMode.DRAINING);
    }

    private FakeTransport waiting() {
        cluster.close();
        FakeTransport slow = FakeTransport.waiting(1);
        TopologyProvider provider = listener -> {
            changes = listener::changed;
            return () -> {};
        };
        cluster = Cluster.open(ClusterConfig.of("test", RingDialect.LIBMEMCACHED), provider, slow);
        return slow;
    }

    @Test
    void aTopologyThatCannotBeBuiltLeavesTheLastOneInForce() {
        cluster.close();
        cluster = open(RingDialect.SPYMEMCACHED, NO_DRAIN);
        apply("a=10.0.0.1:1");
        ClusterView before = cluster.view();

        changes.accept(Topology.parse("a=no-such-host.invalid:1"));
        apply("a=10.0.0.1:1;b=10.0.0.2:2");

        assertThat(before.zones()).hasSize(1);
        assertThat(transport.opened())
                .extracting(connection -> connection.node.port())
                .containsExactly(1, 2);
    }

    /** A node whose address record came a moment after its SRV record was never seen: the provider had said it, and does not say it again. */
    @Test
    void aTopologyWhoseNamesCannotBeResolvedYetIsTriedAgain() {
        openWithNames();
        dns.put("cache-0", 1);
        say("a=cache-0:1");

        say("a=cache-0:1,cache-1:2");
        assertThat(nodes(cluster.view())).containsExactly("a=cache-0:1");
        dns.put("cache-1", 2);
        admin.pass(RETRIED);

        assertThat(nodes(cluster.view())).containsExactly("a=cache-0:1", "a=cache-1:2");
    }

    @Test
    void aTopologyThatIsOutdatedIsNotTriedAgain() {
        openWithNames();
        dns.putAll(Map.of("cache-0", 1, "cache-2", 3));
        say("a=cache-0:1");

        say("a=cache-1:2");
        say("a=cache-2:3");
        dns.put("cache-1", 2);
        say("a=cache-0:1,cache-2:3");
        admin.pass(RETRIED);

        assertThat(nodes(cluster.view())).containsExactly("a=cache-0:1", "a=cache-2:3");
        assertThat(transport.attempts())
                .extracting(attempt -> attempt.node().host())
                .doesNotContain("cache-1");
    }

    /** Each topology that came while one name was missing had the names looked up more often, for as long as it was missing: hundreds of times a second after a day of changes. */
    @Test
    void ofTopologiesThatCannotBeBuiltOnlyTheLastIsTriedAgain() {
        openWithNames();
        dns.put("cache-0", 1);
        say("a=cache-0:1");
        for (int port = 2; port < 12; port++) {
            say("a=cache-0:1,cache-1:" + port);
        }
        unknown.clear();

        admin.pass(Duration.ofHours(1));

        assertThat(unknown.size()).isBetween(3_600 / 10, 3_600 / 2); // every five seconds, give or take chance
    }

    /** Each attempt at a topology whose ring did not fit into memory left one more connection to the nodes that had been opened before. */
    @Test
    void anErrorWhileATopologyIsBuiltLeavesNoConnectionBehind() {
        open(new Transport() {
            private int nodes;

            @Override
            public int lanes() {
                nodes++;
                if (nodes == 2) {
                    throw new OutOfMemoryError("on purpose");
                }
                return transport.lanes();
            }

            @Override
            public CompletionStage<Connection> connect(NodeAddress node, int lane) {
                return transport.connect(node, lane);
            }

            @Override
            public void close() {
                transport.close();
            }
        });

        say("a=10.0.0.1:1,10.0.0.2:2");
        admin.pass(RETRIED);

        assertThat(nodes(cluster.view())).containsExactly("a=10.0.0.1:1", "a=10.0.0.2:2");
        assertThat(transport.opened()).filteredOn(opened -> !opened.isClosed()).hasSize(2);
    }

    /** Name servers that hiccup must not cost a change of which they know nothing. */
    @Test
    void aChangeNeedsTheAddressesOfNewNodesOnly() {
        openWithNames();
        dns.put("cache-0", 1);
        say("a=cache-0:1");
        dns.clear();

        say("a=cache-0:1;b=10.0.0.2:2");

        assertThat(nodes(cluster.view())).containsExactly("a=cache-0:1", "b=10.0.0.2:2");
    }

    /** Opens a cluster that looks its names up in {@link #dns}, in a time that the test moves. */
    private void openWithNames() {
        open(transport);
    }

    private void open(Transport over) {
        cluster.close();
        TopologyProvider provider = listener -> {
            changes = listener::changed;
            return () -> {};
        };
        HostNames names = HostNames.of(
                host -> {
                    Integer last = dns.get(host);
                    if (last == null) {
                        unknown.add(host);
                        throw new UnknownHostException(host);
                    }
                    return List.of(InetAddress.getByAddress(new byte[] {10, 0, 0, last.byteValue()}));
                },
                admin);
        ClusterConfig config = ClusterConfig.of("test", RingDialect.EVCACHE).withDrain(NO_DRAIN);
        cluster = Cluster.open(config, provider, over, names, admin);
    }

    private void say(String topology) {
        changes.accept(Topology.parse(topology));
        admin.run();
    }

    @Test
    void aFirstTopologyThatCannotBeBuiltIsSaid() {
        cluster.close();
        cluster = open(RingDialect.SPYMEMCACHED, NO_DRAIN);

        changes.accept(Topology.parse("a=no-such-host.invalid:1"));

        assertThatThrownBy(() -> cluster.awaitFirstAttempts(in(Duration.ofSeconds(30))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no-such-host.invalid");
    }

    @Test
    void aProviderThatCannotBeWatchedLeavesNothingBehind() {
        TopologyProvider broken = listener -> {
            throw new IllegalStateException("registry is down");
        };
        FakeTransport unused = FakeTransport.connecting(1);

        assertThatThrownBy(() -> Cluster.open(ClusterConfig.of("orphan", RingDialect.LIBMEMCACHED), broken, unused))
                .hasMessage("registry is down");

        assertThat(unused.isClosed()).isTrue();
        await().untilAsserted(() -> assertThat(threads()).noneMatch(name -> name.contains("evcache-admin-orphan")));
    }

    @Test
    void closingClosesNodesAndTransportAndIgnoresLaterTopologies() {
        apply("a=h1:1");

        cluster.close();
        cluster.close();
        changes.accept(Topology.parse("a=h1:1,h2:2"));

        assertThat(connectionTo(1).isClosed()).isTrue();
        assertThat(transport.isClosed()).isTrue();
        assertThat(transport.attempts()).hasSize(1);
    }

    private void apply(String topology) {
        Topology next = Topology.parse(topology);
        changes.accept(next);
        await().until(() -> nodes(cluster.view()).equals(nodes(next)));
    }

    private static List<String> nodes(ClusterView view) {
        return view.zones().stream()
                .flatMap(zone -> zone.nodes().stream().map(node -> zone.name() + "=" + node.address()))
                .toList();
    }

    private static List<String> nodes(Topology topology) {
        return topology.zones().stream()
                .flatMap(zone -> zone.nodes().stream().map(node -> zone.name() + "=" + node))
                .toList();
    }

    private FakeConnection connectionTo(int port) {
        return transport.opened().stream()
                .filter(connection -> connection.node.port() == port)
                .findFirst()
                .orElseThrow();
    }

    private static Pending<Lookup> send(ClusterView view, String key) {
        return view.zones().get(0).send(Get.of(Key.of(key)), in(Duration.ofMinutes(1)));
    }

    private static Deadline in(Duration time) {
        return Deadline.after(time, Ticker.system());
    }

    private static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream().map(Thread::getName).toList();
    }
}
