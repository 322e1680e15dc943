package io.evcache.core.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.evcache.core.command.Get;
import io.evcache.core.command.Lookup;
import io.evcache.core.command.Pending;
import io.evcache.core.error.NodeUnavailable;
import io.evcache.core.error.NodeUnavailable.Reason;
import io.evcache.core.key.Key;
import io.evcache.core.time.Backoff;
import io.evcache.core.time.Deadline;
import io.evcache.core.time.Ticker;
import io.evcache.core.topology.NodeAddress;
import io.evcache.core.transport.FakeTransport;
import io.evcache.core.transport.FakeTransport.FakeConnection;
import io.evcache.core.transport.HostNames;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class NodeRouteTest {
    private static final NodeAddress NODE = new NodeAddress("10.0.0.1", 11_211);
    private static final NodeAddress NAMED = new NodeAddress("cache-0", 11_211);
    private static final Duration FIRST = Duration.ofMillis(50);
    private static final Duration CAP = Duration.ofSeconds(1);

    private final ManualScheduler admin = new ManualScheduler();
    private final List<InetAddress> dns = new ArrayList<>();
    private final FakeTransport transport = FakeTransport.waiting(1);
    private final ConnectionPool pool = start(transport);
    private final NodeRoute route = new NodeRoute(NODE, "a", pool);

    private ConnectionPool start(FakeTransport over) {
        return start(over, NODE);
    }

    private ConnectionPool start(FakeTransport over, NodeAddress node) {
        HostNames names = HostNames.of(
                host -> {
                    if (dns.isEmpty()) {
                        throw new UnknownHostException(host);
                    }
                    return List.copyOf(dns);
                },
                admin);
        ConnectionPool started = ConnectionPool.start(
                over, new Reconnection(node, "test|a|node", admin, names, new Backoff(FIRST, CAP)));
        admin.run();
        return started;
    }

    @Test
    void failsAtOnceWhileThereIsNoConnection() {
        Pending<Lookup> call = send("k");

        assertThat(reason(call)).isEqualTo(Reason.NOT_CONNECTED);
        assertThat(call.failure()).hasMessageContaining("10.0.0.1:11211").hasMessageContaining("zone a");
    }

    @Test
    void saysWhyTheLastAttemptFailed() {
        transport.lastAttempt().fail();
        admin.run();

        assertThat(send("k").failure()).hasMessageContaining("refused by the test");
    }

    @Test
    void sendsOverTheConnectionOnceItIsThere() {
        FakeConnection connection = transport.lastAttempt().succeed();
        admin.run();

        Pending<Lookup> call = send("k");

        assertThat(connection.sent()).hasSize(1);
        assertThat(call.isSettled()).isFalse();
        assertThat(route.isConnected()).isTrue();
        assertThat(route.inFlight()).isEqualTo(1);
    }

    @Test
    void makesOneAttemptAtATimeHoweverLongItTakes() {
        admin.pass(Duration.ofMinutes(10));

        assertThat(transport.attempts()).hasSize(1);
        assertThat(admin.waiting()).isZero();
    }

    @Test
    void triesAgainWithGrowingDelaysUntilItSucceeds() {
        Duration longest = Duration.ZERO;
        for (int i = 0; i < 200; i++) {
            assertThat(transport.attempts()).hasSize(i + 1);
            transport.lastAttempt().fail();
            admin.run();
            Duration delay = admin.nextDelay();
            Duration bound = FIRST.multipliedBy(1L << Math.min(i, 10));
            assertThat(delay).isPositive().isLessThanOrEqualTo(bound.compareTo(CAP) < 0 ? bound : CAP);
            longest = delay.compareTo(longest) > 0 ? delay : longest;
            admin.pass(delay);
        }

        assertThat(longest).isGreaterThan(Duration.ofMillis(500));
        transport.lastAttempt().succeed();
        admin.run();
        assertThat(route.isConnected()).isTrue();
    }

    /** One that found no memory, or no thread, was the last: the node stayed away until the client was started anew. */
    @Test
    void attemptThatBreaksWithAnErrorIsNotTheLast() {
        transport.breakNextAttempt(new OutOfMemoryError("on purpose"));
        transport.lastAttempt().fail();

        admin.pass(CAP);

        assertThat(transport.attempts()).hasSize(3);
        transport.lastAttempt().succeed();
        admin.run();
        assertThat(route.isConnected()).isTrue();
    }

    @Test
    void lostConnectionIsReplacedInTheBackground() {
        FakeConnection first = transport.lastAttempt().succeed();
        admin.run();

        first.lose();
        assertThat(reason(send("k"))).isEqualTo(Reason.NOT_CONNECTED);
        admin.pass(FIRST);

        assertThat(transport.attempts()).hasSize(2);
        FakeConnection second = transport.lastAttempt().succeed();
        admin.run();
        send("k");
        assertThat(second.sent()).hasSize(1);
    }

    @Test
    void connectionThatLastedStartsTheDelaysAnew() {
        for (int i = 0; i < 10; i++) {
            transport.lastAttempt().fail();
            admin.pass(CAP);
        }
        FakeConnection connection = transport.lastAttempt().succeed();
        admin.pass(CAP.multipliedBy(2));

        connection.lose();
        admin.run();

        assertThat(admin.nextDelay()).isPositive().isLessThanOrEqualTo(FIRST);
    }

    @Test
    void connectionThatBreaksAtOnceDoesNotStartThemAnew() {
        // A server that greets well and then breaks every connection was greeted again every 25 ms for ever, by every
        // client.
        Duration waited = Duration.ZERO;
        for (int i = 1; i <= 100; i++) {
            transport.lastAttempt().succeed().lose();
            while (transport.attempts().size() == i) {
                admin.pass(Duration.ofMillis(1));
                waited = waited.plusMillis(1);
            }
        }

        assertThat(waited).isGreaterThan(Duration.ofSeconds(20));
    }

    @Test
    void connectionThatIsLostBeforeAnybodyListensIsReplacedToo() {
        FakeConnection connection = transport.lastAttempt().succeed();
        connection.lose();
        admin.pass(CAP);

        assertThat(route.isConnected()).isFalse();
        assertThat(transport.attempts()).hasSize(2);
    }

    @Test
    void closedNodeNeverConnectsAgain() {
        FakeConnection connection = transport.lastAttempt().succeed();
        admin.run();

        route.close();
        route.close();
        admin.pass(Duration.ofMinutes(1));

        assertThat(connection.isClosed()).isTrue();
        assertThat(transport.attempts()).hasSize(1);
        assertThat(reason(send("k"))).isEqualTo(Reason.CLOSED);
        assertThat(send("k").failure())
                .hasMessage(
                        "node " + NODE + " (zone a) is not connected to any more, as the client is closed or the node"
                                + " has left the topology; get k was not sent");
    }

    @Test
    void closedNodeDoesNotMakeTheAttemptThatItWasWaitingFor() {
        transport.lastAttempt().fail();
        admin.run();

        route.close();
        admin.pass(Duration.ofMinutes(1));

        assertThat(transport.attempts()).hasSize(1);
    }

    @Test
    void connectionThatComesAfterTheCloseIsClosed() {
        route.close();

        FakeConnection late = transport.lastAttempt().succeed();
        admin.run();

        assertThat(late.isClosed()).isTrue();
        assertThat(route.isConnected()).isFalse();
    }

    @Test
    void connectionThatComesAfterTheAdminThreadHasEndedIsClosed() {
        // Nobody was left to take it over, and it stayed open.
        admin.shutdownNow();

        FakeConnection late = transport.lastAttempt().succeed();

        assertThat(late.isClosed()).isTrue();
    }

    @Test
    void connectionThatComesAfterTheCloseIsClosedEvenIfTheAdminThreadForgetsIt() {
        route.close();

        FakeConnection late = transport.lastAttempt().succeed();
        admin.shutdownNow();

        assertThat(late.isClosed()).isTrue();
    }

    @Test
    void firstAttemptsEndWellOrBadly() {
        CompletableFuture<Void> attempts = pool.firstAttempts();
        assertThat(attempts).isNotDone();

        transport.lastAttempt().fail();
        admin.run();

        assertThat(attempts).isCompleted();
    }

    @Test
    void keyAlwaysUsesTheSameLane() {
        FakeTransport lanes = FakeTransport.connecting(3);
        NodeRoute many = new NodeRoute(NODE, "a", start(lanes));

        for (int i = 0; i < 300; i++) {
            Key key = Key.of("k" + i % 100);
            many.send(Get.of(key), deadline());
        }

        assertThat(lanes.opened())
                .hasSize(3)
                .allSatisfy(connection ->
                        assertThat(connection.sent().size()).isPositive().matches(count -> count % 3 == 0));
    }

    /** A server that is replaced while it still answers was read and written for ever by clients that knew it, and by no other. */
    @Test
    void connectionFollowsTheNameOfItsNode() throws Exception {
        dns.add(address(1));
        FakeTransport moving = FakeTransport.waiting(1);
        NodeRoute named = new NodeRoute(NAMED, "a", start(moving, NAMED));
        FakeConnection old = moving.lastAttempt().succeedAt(address(1));
        admin.pass(NameWatch.INTERVAL.multipliedBy(10));
        assertThat(moving.attempts()).hasSize(1);

        dns.set(0, address(2));
        admin.pass(NameWatch.INTERVAL);
        assertThat(moving.attempts()).as("one answer may be a mistake").hasSize(1);
        admin.pass(NameWatch.INTERVAL);
        assertThat(moving.attempts()).hasSize(2);
        Pending<Lookup> before = named.send(Get.of(Key.of("k")), deadline());
        FakeConnection current = moving.lastAttempt().succeedAt(address(2));
        admin.run();
        named.send(Get.of(Key.of("k")), deadline());

        assertThat(old.sent()).hasSize(1);
        assertThat(current.sent()).hasSize(1);
        admin.pass(CAP);
        assertThat(old.isClosed()).as("what is in flight is answered").isFalse();
        before.complete(Lookup.Miss.PLAIN);
        admin.pass(CAP);
        assertThat(old.isClosed()).isTrue();
        admin.pass(NameWatch.INTERVAL.multipliedBy(10));
        assertThat(named.isConnected()).isTrue();
        assertThat(moving.attempts()).hasSize(2);
    }

    @Test
    void connectionStaysWhileItsAddressIsOneOfSeveralOrTheNameServersAreAway() throws Exception {
        dns.addAll(List.of(address(2), address(1)));
        FakeTransport staying = FakeTransport.waiting(1);
        NodeRoute named = new NodeRoute(NAMED, "a", start(staying, NAMED));
        staying.lastAttempt().succeedAt(address(1));

        admin.pass(NameWatch.INTERVAL.multipliedBy(10));
        dns.clear();
        admin.pass(NameWatch.INTERVAL.multipliedBy(10));

        assertThat(staying.attempts()).hasSize(1);
        assertThat(named.isConnected()).isTrue();
    }

    @Test
    void connectionStaysUntilThereIsOneToWhereTheNameHasMoved() throws Exception {
        dns.add(address(2));
        FakeTransport moving = FakeTransport.waiting(1);
        NodeRoute named = new NodeRoute(NAMED, "a", start(moving, NAMED));
        FakeConnection old = moving.lastAttempt().succeedAt(address(1));
        admin.pass(NameWatch.INTERVAL.multipliedBy(2));

        moving.lastAttempt().fail();
        admin.run();

        assertThat(old.isClosed()).isFalse();
        assertThat(named.isConnected()).isTrue();
        admin.pass(NameWatch.INTERVAL.multipliedBy(2));
        assertThat(moving.attempts()).hasSize(3);
    }

    @Test
    void connectionThatIsLostWhileItsNameMovesIsReplacedOnce() throws Exception {
        dns.add(address(2));
        FakeTransport moving = FakeTransport.waiting(1);
        NodeRoute named = new NodeRoute(NAMED, "a", start(moving, NAMED));
        FakeConnection old = moving.lastAttempt().succeedAt(address(1));
        admin.pass(NameWatch.INTERVAL.multipliedBy(2));
        FakeTransport.Attempt late = moving.lastAttempt();

        old.lose();
        admin.pass(CAP);
        FakeConnection current = moving.lastAttempt().succeedAt(address(2));
        FakeConnection second = late.succeedAt(address(2));
        admin.run();

        assertThat(moving.attempts()).hasSize(3);
        assertThat(second.isClosed()).isTrue();
        assertThat(current.isClosed()).isFalse();
        assertThat(named.isConnected()).isTrue();
    }

    private static InetAddress address(int last) throws UnknownHostException {
        return InetAddress.getByAddress(new byte[] {10, 0, 0, (byte) last});
    }

    private Pending<Lookup> send(String key) {
        return route.send(Get.of(Key.of(key)), deadline());
    }

    private static Deadline deadline() {
        return Deadline.after(Duration.ofSeconds(1), Ticker.system());
    }

    private static Reason reason(Pending<?> call) {
        assertThat(call.failure()).isInstanceOf(NodeUnavailable.class);
        return call.failure() instanceof NodeUnavailable unavailable ? unavailable.reason() : Reason.OVERLOADED;
    }
}
