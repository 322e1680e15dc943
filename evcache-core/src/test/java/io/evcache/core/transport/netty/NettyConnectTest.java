package io.evcache.core.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.evcache.core.error.NodeUnavailable;
import io.evcache.core.time.Ticker;
import io.evcache.core.time.WallClock;
import io.evcache.core.topology.NodeAddress;
import io.evcache.core.transport.Connection;
import io.evcache.core.transport.HostNames;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Connections that come about, and those that do not, and why. */
class NettyConnectTest extends TransportOnSockets {
    @Test
    void serverThatIsFullSaysSoInTheFailure() throws Exception {
        try (ScriptedServer server = ScriptedServer.start(peer -> peer.say("ERROR Too many open connections\r\n"))) {
            // Said before a byte was read; closing on unread input resets, so the text may be lost, but never the
            // failure.
            assertThat(refusal(server.port())).isInstanceOf(NodeUnavailable.class);
        }
        try (ScriptedServer server = ScriptedServer.start(peer -> {
            peer.readLine();
            peer.say("ERROR Too many open connections\r\n");
            peer.keepOpen();
        })) {
            assertThat(refusal(server.port())).hasMessageContaining("Too many open connections");
        }
    }

    @Test
    void serverThatAcceptsAndNeverAnswersIsNoConnection() throws Exception {
        try (ScriptedServer server = ScriptedServer.start(ScriptedServer.Peer::keepOpen)) {
            assertThat(refusal(server.port())).hasMessageContaining("did not answer within 500 ms");
        }
    }

    @Test
    void oldServerIsToldApartFromADeadOne() throws Exception {
        try (ScriptedServer server = ScriptedServer.start(peer -> {
            peer.readLine();
            peer.say("VERSION 1.4.0\r\nERROR\r\nERROR\r\nERROR\r\n");
            peer.keepOpen();
        })) {
            assertThat(refusal(server.port()))
                    .hasMessageContaining("does not speak the meta protocol")
                    .hasMessageContaining("1.4.0");
        }
    }

    @Test
    void greetingWithoutEndIsRefused() throws Exception {
        try (ScriptedServer server = ScriptedServer.start(peer -> {
            peer.say("x".repeat(5_000));
            peer.keepOpen();
        })) {
            assertThat(refusal(server.port())).isInstanceOf(NodeUnavailable.class);
        }
    }

    @Test
    void nobodyListeningIsKnownAtOnce() throws Exception {
        int port;
        try (ServerSocket gone = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = gone.getLocalPort();
        }

        assertThat(refusal(port)).isInstanceOf(NodeUnavailable.class).hasMessageContaining("cannot be reached");
    }

    @Test
    void unknownHostIsNamed() {
        // The name was looked up a second time, on the event loop, where it held up every other connection of the lane.
        assertThat(refusal(new NodeAddress("no-such-host.invalid", 11_211)))
                .isInstanceOf(NodeUnavailable.class)
                .hasMessageContaining("no-such-host.invalid")
                .hasMessageContaining("cannot be resolved");
    }

    /** The thread that connects all nodes waited for the name of one, 5 s and more for each answer of a name server that is away. */
    @Test
    void nameThatIsLookedUpForLongHoldsUpNobody() throws Exception {
        CountDownLatch answered = new CountDownLatch(1);
        transport.close();
        transport = NettyTransport.start(CONFIG, Ticker.system(), WallClock.system(), HostNames.of(host -> {
            awaitUninterruptibly(answered);
            return List.of(InetAddress.getLoopbackAddress());
        }));
        try (ScriptedServer server = ScriptedServer.greeting(ScriptedServer.Peer::keepOpen)) {
            CompletionStage<Connection> slow = transport.connect(new NodeAddress("slow", server.port()), 0);

            assertThat(connect(server).inFlight()).isZero();
            assertThat(slow.toCompletableFuture()).isNotDone();
            answered.countDown();

            slow.toCompletableFuture().get(30, TimeUnit.SECONDS).close();
        }
    }

    /** A lack of threads, or name servers that do not answer, looked like a name that is wrong. */
    @Test
    void whyANameCannotBeResolvedIsSaid() {
        transport.close();
        transport = NettyTransport.start(CONFIG, Ticker.system(), WallClock.system(), HostNames.of(host -> {
            throw new OutOfMemoryError("unable to create native thread");
        }));

        assertThat(refusal(new NodeAddress("cache-0", 11_211)))
                .hasMessage("node cache-0:11211 cannot be reached: cache-0 cannot be resolved:"
                        + " java.lang.OutOfMemoryError: unable to create native thread")
                .hasCauseInstanceOf(OutOfMemoryError.class);
    }

    @Test
    void whoWaitsForANameHearsOfTheClosing() {
        CountDownLatch never = new CountDownLatch(1);
        transport.close();
        transport = NettyTransport.start(CONFIG, Ticker.system(), WallClock.system(), HostNames.of(host -> {
            awaitUninterruptibly(never);
            throw new UnknownHostException(host);
        }));
        CompletionStage<Connection> slow = transport.connect(new NodeAddress("slow", 11_211), 0);

        transport.close();

        assertThat(slow.toCompletableFuture())
                .failsWithin(Duration.ofSeconds(30))
                .withThrowableOfType(ExecutionException.class)
                .withMessageContaining("the transport is closed");
        never.countDown();
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        boolean interrupted = false;
        while (latch.getCount() > 0) {
            try {
                latch.await();
            } catch (InterruptedException e) { // as a look-up, which cannot be interrupted
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void connectingThroughAClosedTransportFails() {
        transport.close();

        assertThat(refusal(11_211)).isInstanceOf(NodeUnavailable.class);
    }
}
