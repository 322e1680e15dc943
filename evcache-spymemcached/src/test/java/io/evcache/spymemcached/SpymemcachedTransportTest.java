package io.evcache.spymemcached;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.evcache.core.command.Arithmetic;
import io.evcache.core.command.CountReply;
import io.evcache.core.command.Feature;
import io.evcache.core.command.Get;
import io.evcache.core.command.Lookup;
import io.evcache.core.command.Pending;
import io.evcache.core.command.Store;
import io.evcache.core.command.StoreReply;
import io.evcache.core.error.DeadlineExceeded;
import io.evcache.core.error.EvCacheException;
import io.evcache.core.error.InvalidConfiguration;
import io.evcache.core.error.NodeUnavailable;
import io.evcache.core.error.NodeUnavailable.Reason;
import io.evcache.core.error.ServerError;
import io.evcache.core.key.Key;
import io.evcache.core.ring.RingDialect;
import io.evcache.core.time.Deadline;
import io.evcache.core.time.Ticker;
import io.evcache.core.topology.NodeAddress;
import io.evcache.core.topology.Topology;
import io.evcache.core.topology.TopologyProvider;
import io.evcache.core.topology.Zone;
import io.evcache.core.transport.Connection;
import io.evcache.core.transport.TransportConfig;
import io.evcache.core.value.EncodedValue;
import io.evcache.core.value.Ttl;
import io.evcache.core.zone.Cluster;
import io.evcache.core.zone.ClusterConfig;
import io.evcache.testkit.EmbeddedMemcachedExtension;
import io.evcache.testkit.FaultProxy;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the second transport promises beside the meaning of the commands: bounds, hangs, threads. */
class SpymemcachedTransportTest {
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Key KEY = Key.of("k");

    @RegisterExtension
    static final EmbeddedMemcachedExtension MEMCACHED = EmbeddedMemcachedExtension.create();

    @AfterEach
    void wakeUp() {
        MEMCACHED.server().resume();
    }

    @Test
    void hungServerFailsFastAfterAFewTimeoutsAndIsThenGivenUp() throws Exception {
        try (SpymemcachedTransport transport = SpymemcachedTransport.start(config().withLanes(1))) {
            Connection connection = connect(transport);
            MEMCACHED.server().hang();

            for (int i = 0; i < 3; i++) {
                assertThat(failure(connection, Duration.ofMillis(30))).isInstanceOf(DeadlineExceeded.class);
            }

            await().atMost(LONG)
                    .untilAsserted(() -> assertThat(failure(connection, Duration.ofMillis(30)))
                            .isInstanceOfSatisfying(
                                    NodeUnavailable.class,
                                    e -> assertThat(e.reason()).isIn(Reason.NOT_RESPONDING, Reason.NOT_CONNECTED)));
            assertThat(connection.closed().toCompletableFuture()).succeedsWithin(LONG);
        }
    }

    /** What the kernel still held came after what had been written over the next connection, and was the newest value then. */
    @Test
    void whatAGivenUpConnectionHasNotSentIsForgotten() throws Exception {
        try (SpymemcachedTransport transport = SpymemcachedTransport.start(config().withLanes(1))) {
            Connection connection = connect(transport);
            MEMCACHED.server().hang();
            for (int i = 0; i < 10; i++) {
                EncodedValue large = new EncodedValue(new byte[500_000], 0);
                Pending<StoreReply> unused =
                        connection.send(Store.set(Key.of("k" + i), large, Ttl.none()), in(Duration.ofMillis(30)));
            }
            assertThat(connection.closed().toCompletableFuture()).succeedsWithin(LONG);
        }
        await().atMost(LONG).until(() -> threads().isEmpty()); // so it is closed, not only about to be

        MEMCACHED.server().resume();

        await().atMost(LONG).until(() -> MEMCACHED.server().connections() == 0);
        assertThat(MEMCACHED.server().keys()).isEmpty();
    }

    @Test
    void serverThatWakesUpIsReachedAgain() throws Exception {
        try (SpymemcachedTransport transport = SpymemcachedTransport.start(config().withLanes(1))) {
            Connection connection = connect(transport);
            MEMCACHED.server().hang();
            for (int i = 0; i < 3; i++) {
                assertThat(failure(connection, Duration.ofMillis(30))).isInstanceOf(DeadlineExceeded.class);
            }
            MEMCACHED.server().resume();

            Connection again = connection;
            if (connection.closed().toCompletableFuture().isDone()) {
                again = connect(transport);
            }
            Connection usable = again;
            await().atMost(LONG)
                    .ignoreExceptionsInstanceOf(NodeUnavailable.class)
                    .until(() -> get(usable, LONG) != null);
            assertThat(get(usable, LONG)).isEqualTo(Lookup.Miss.PLAIN);
        }
    }

    /** spymemcached hangs up after an error; senders race with it. */
    @Test
    void errorIsTheAnswerHoweverSlowItsSenderIs() throws Exception {
        try (SpymemcachedTransport transport = SpymemcachedTransport.start(config().withLanes(1))) {
            for (int i = 0; i < 300; i++) {
                Connection connection = connect(transport);
                Key key = Key.of("text-" + i);
                EncodedValue text = new EncodedValue("no number".getBytes(UTF_8), 0);
                connection.send(Store.set(key, text, Ttl.none()), in(LONG)).await(in(LONG));

                Pending<CountReply> counted = connection.send(
                        new Arithmetic(key, Arithmetic.Direction.INCREMENT, 1, OptionalLong.empty(), Ttl.none()),
                        in(LONG));

                assertThatThrownBy(() -> counted.await(in(LONG))).isInstanceOf(ServerError.class);
            }
        }
    }

    /** spymemcached calls it cancelled, which was taken for the server's answer, and so for a write that was certainly not applied. */
    @Test
    void writeWhoseAnswerIsLostMayHaveBeenApplied() throws Exception {
        try (FaultProxy proxy = FaultProxy.to(MEMCACHED.server().address());
                SpymemcachedTransport transport = SpymemcachedTransport.start(config().withLanes(1))) {
            Connection connection = transport
                    .connect(NodeAddress.parse(proxy.address()), 0)
                    .toCompletableFuture()
                    .get(10, TimeUnit.SECONDS);
            proxy.toClient().blackHole();
            Store store = Store.set(Key.of("lost"), new EncodedValue(new byte[1], 0), Ttl.none());
            Pending<StoreReply> stored = connection.send(store, in(LONG));
            await().until(() -> MEMCACHED.server().peek("lost").isPresent());

            proxy.resetConnections();

            assertThatThrownBy(() -> stored.await(in(LONG))).isInstanceOfSatisfying(NodeUnavailable.class, failure -> {
                assertThat(failure.reason()).isEqualTo(Reason.CONNECTION_LOST);
                assertThat(failure.mayHaveBeenApplied()).isTrue();
            });
        }
    }

    @Test
    void fullConnectionRefusesAtOnce() throws Exception {
        try (SpymemcachedTransport transport =
                SpymemcachedTransport.start(config().withLanes(1).withMaxInFlight(5))) {
            Connection connection = connect(transport);
            MEMCACHED.server().hang();
            List<Pending<Lookup>> held = IntStream.range(0, 5)
                    .mapToObj(i -> connection.send(Get.of(KEY), in(LONG)))
                    .toList();

            assertThat(reason(connection.send(Get.of(KEY), in(LONG)))).isEqualTo(Reason.OVERLOADED);

            MEMCACHED.server().resume();
            held.forEach(call -> assertThat(call.await(in(LONG))).isEqualTo(Lookup.Miss.PLAIN));
            assertThat(get(connection, LONG)).isEqualTo(Lookup.Miss.PLAIN);
        }
    }

    @Test
    void bytesAreBoundedToo() throws Exception {
        try (SpymemcachedTransport transport =
                SpymemcachedTransport.start(config().withLanes(1).withMaxQueuedBytes(10_000))) {
            Connection connection = connect(transport);
            Store big = Store.set(KEY, new EncodedValue(new byte[9_900], 0), Ttl.none());

            assertThat(reason(connection.send(big, in(LONG)))).isEqualTo(Reason.OVERLOADED);
            assertThat(get(connection, LONG)).isEqualTo(Lookup.Miss.PLAIN);
        }
    }

    @Test
    void closeFailsWhatIsInFlightAndLeavesNoThread() throws Exception {
        SpymemcachedTransport transport = SpymemcachedTransport.start(config().withLanes(2));
        Connection connection = connect(transport);
        assertThat(connect(transport).inFlight()).isZero();
        assertThat(threads()).anyMatch(thread -> thread.getName().startsWith("evcache-spy-io-"));
        assertThat(threads()).allMatch(Thread::isDaemon);
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().startsWith("Memcached IO over"));
        MEMCACHED.server().hang();
        Pending<Lookup> inFlight = connection.send(Get.of(KEY), in(LONG));

        transport.close();

        assertThatThrownBy(() -> inFlight.await(in(LONG))).isInstanceOf(NodeUnavailable.class);
        await().atMost(LONG).untilAsserted(() -> assertThat(threads()).isEmpty());
    }

    @Test
    void clusterThatNeedsMoreIsRefusedWhenItIsBuilt() {
        SpymemcachedTransport transport = SpymemcachedTransport.start(config());
        ClusterConfig needs = ClusterConfig.of("test", RingDialect.SPYMEMCACHED)
                .withRequired(Set.of(Feature.LEASES, Feature.EXPLICIT_VERSIONS));
        TopologyProvider nodes = TopologyProvider.fixed(Topology.of(
                Zone.of("a", new NodeAddress("127.0.0.1", MEMCACHED.server().port()))));

        assertThatThrownBy(() -> Cluster.open(needs, nodes, transport))
                .isInstanceOf(InvalidConfiguration.class)
                .hasMessageContaining("Spymemcached")
                .hasMessageContaining("leases and stale marks")
                .hasMessageContaining("an explicit version");
    }

    private static TransportConfig config() {
        return TransportConfig.defaults().withConnectTimeout(Duration.ofSeconds(5));
    }

    private static Connection connect(SpymemcachedTransport transport) throws Exception {
        return transport
                .connect(new NodeAddress("127.0.0.1", MEMCACHED.server().port()), 0)
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
    }

    private static Deadline in(Duration timeout) {
        return Deadline.after(timeout, Ticker.system());
    }

    private static Lookup get(Connection connection, Duration timeout) {
        Deadline deadline = in(timeout);
        return connection.send(Get.of(KEY), deadline).await(deadline);
    }

    private static EvCacheException failure(Connection connection, Duration timeout) {
        try {
            throw new AssertionError("answered: " + get(connection, timeout));
        } catch (EvCacheException e) {
            return e;
        }
    }

    private static Reason reason(Pending<?> call) {
        assertThat(call.failure()).isInstanceOf(NodeUnavailable.class);
        return ((NodeUnavailable) requireNonNull(call.failure())).reason();
    }

    private static List<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("evcache-spy"))
                .toList();
    }
}
