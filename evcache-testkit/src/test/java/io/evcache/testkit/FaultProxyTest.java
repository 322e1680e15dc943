package io.evcache.testkit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class FaultProxyTest {
    private final EchoServer server = new EchoServer();

    @RegisterExtension
    final FaultProxyExtension extension = FaultProxyExtension.to(server::address);

    @AfterEach
    void closeServer() {
        server.close();
    }

    private FaultProxy proxy() {
        return extension.proxy();
    }

    @Test
    void withoutFaultsItIsAWireThatCounts() throws Exception {
        byte[] sent = random(3_000_000);

        try (Socket client = connect()) {
            assertThat(roundTrip(client, sent)).isEqualTo(sent);

            assertThat(proxy().toServer().bytes()).isEqualTo(sent.length);
            assertThat(proxy().toClient().bytes()).isEqualTo(sent.length);
            assertThat(proxy().acceptedConnections()).isOne();
            assertThat(proxy().openConnections()).isOne();
        }

        await().until(() -> proxy().openConnections() == 0);
        assertThat(server.ended).hasValue(1);
    }

    @Test
    void endOfOneStreamIsHandedOnWhileTheOtherGoesOn() throws Exception {
        try (Socket client = connect()) {
            client.getOutputStream().write(bytes("last words"));
            client.shutdownOutput();

            assertThat(client.getInputStream().readAllBytes()).isEqualTo(bytes("last words"));
        }
    }

    @Test
    void latencyOfBothDirectionsAddsUp() throws Exception {
        proxy().toServer().latency(Duration.ofMillis(40));
        proxy().toClient().latency(Duration.ofMillis(60));

        try (Socket client = connect()) {
            long start = System.nanoTime();
            roundTrip(client, bytes("ping"));

            assertThat(millisSince(start)).isBetween(99L, 30_000L);
        }
    }

    @Test
    void latencyDoesNotLowerTheThroughput() throws Exception {
        proxy().toClient().latency(Duration.ofMillis(500));
        byte[] sent = random(8_000_000);

        try (Socket client = connect()) {
            long start = System.nanoTime();
            assertThat(roundTrip(client, sent)).isEqualTo(sent);

            // Held back one by one, the 122 or more chunks would take a minute.
            assertThat(millisSince(start)).isBetween(499L, 30_000L);
        }
    }

    @Test
    void bandwidthBoundsTheRate() throws Exception {
        proxy().toClient().bandwidth(100_000);

        try (Socket client = connect()) {
            long start = System.nanoTime();
            roundTrip(client, random(50_000));

            assertThat(millisSince(start)).isBetween(450L, 30_000L);
        }
    }

    @Test
    void healingDeliversWhatANarrowLinkStillHeld() throws Exception {
        proxy().toClient().bandwidth(10);

        try (Socket client = connect()) {
            client.getOutputStream().write(random(1_000)); // 100 s at that rate
            await().until(() -> server.received.get() == 1_000);

            proxy().heal();

            assertThat(client.getInputStream().readNBytes(1_000)).hasSize(1_000);
        }
    }

    @Test
    void blackHoleHoldsWhatIsSentUntilItIsHealed() throws Exception {
        try (Socket client = connect()) {
            roundTrip(client, bytes("before"));

            proxy().blackHole();

            client.getOutputStream().write(bytes("during"));
            client.setSoTimeout(100);
            assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
            assertThat(server.received).hasValue("before".length());

            proxy().heal();

            client.setSoTimeout(10_000);
            assertThat(client.getInputStream().readNBytes(6)).isEqualTo(bytes("during"));
        }
    }

    @Test
    void blackHoleHidesTheEndOfAConnectionUntilItIsHealed() throws Exception {
        Socket client = connect();
        roundTrip(client, bytes("before"));
        proxy().blackHole();

        reset(client);

        assertThat(proxy().openConnections()).isOne();
        assertThat(server.failed).hasValue(0);

        proxy().heal();

        await().until(() -> server.failed.get() == 1);
        await().until(() -> proxy().openConnections() == 0);
    }

    @Test
    void blackHoleOfOneDirectionLeavesTheOther() throws Exception {
        proxy().toClient().blackHole();

        try (Socket client = connect()) {
            client.getOutputStream().write(bytes("one way"));

            await().until(() -> server.received.get() == 7);
            client.setSoTimeout(100);
            assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
        }
    }

    @Test
    void resetIsSeenAsAResetOnBothSides() throws Exception {
        try (Socket client = connect()) {
            roundTrip(client, bytes("before"));

            proxy().resetConnections();

            assertThatThrownBy(() -> client.getInputStream().read())
                    .isInstanceOf(SocketException.class)
                    .hasMessageContaining("reset");
            await().until(() -> server.failed.get() == 1);
            assertThat(proxy().openConnections()).isZero();
        }
        try (Socket client = connect()) {
            assertThat(roundTrip(client, bytes("after"))).isEqualTo(bytes("after"));
        }
    }

    @Test
    void resetByOneSideReachesTheOther() throws Exception {
        Socket client = connect();
        roundTrip(client, bytes("before"));

        reset(client);

        await().until(() -> server.failed.get() == 1);
        await().until(() -> proxy().openConnections() == 0);
    }

    @Test
    void refusedConnectionsLeaveThePresentOnesAndComeBackOnTheSamePort() throws Exception {
        try (Socket present = connect()) {
            roundTrip(present, bytes("before"));

            proxy().refuseConnections();
            proxy().refuseConnections();

            assertThatThrownBy(this::connect).isInstanceOf(ConnectException.class);
            assertThat(roundTrip(present, bytes("still"))).isEqualTo(bytes("still"));

            proxy().heal();

            try (Socket client = connect()) {
                assertThat(roundTrip(client, bytes("again"))).isEqualTo(bytes("again"));
            }
        }
    }

    @Test
    void truncationDeliversExactlyThatManyBytesOfEachConnectionAndThenItsEnd() throws Exception {
        proxy().toClient().truncateAfter(5);

        for (int i = 0; i < 2; i++) {
            try (Socket client = connect()) {
                client.getOutputStream().write(bytes("0123456789"));

                assertThat(client.getInputStream().readAllBytes()).isEqualTo(bytes("01234"));
            }
        }
        await().until(() -> proxy().openConnections() == 0);
    }

    @Test
    void truncationCountsFromWhenItIsSwitchedOn() throws Exception {
        try (Socket client = connect()) {
            roundTrip(client, bytes("before"));

            proxy().toClient().truncateAfter(3);

            client.getOutputStream().write(bytes("abcdef"));
            assertThat(client.getInputStream().readAllBytes()).isEqualTo(bytes("abc"));
        }
    }

    @Test
    void slicesWithAPauseArriveOneByOne() throws Exception {
        proxy().toClient().slice(1, Duration.ofMillis(5));

        try (Socket client = connect()) {
            client.getOutputStream().write(bytes("0123456789"));

            List<Integer> reads = readsOf(client, 10);

            // A busy machine may read two at once.
            assertThat(reads).hasSizeGreaterThan(5);
        }
    }

    @Test
    void slicesWithoutAPauseKeepTheBytes() throws Exception {
        proxy().toServer().slice(1);
        proxy().toClient().slice(3);
        byte[] sent = random(20_000);

        try (Socket client = connect()) {
            assertThat(roundTrip(client, sent)).isEqualTo(sent);
        }
    }

    @Test
    void garbageIsInjectedOnceBeforeTheNextChunk() throws Exception {
        proxy().toClient().inject(bytes("junk"));

        try (Socket client = connect()) {
            client.getOutputStream().write(bytes("reply"));
            assertThat(client.getInputStream().readNBytes(9)).isEqualTo(bytes("junkreply"));

            assertThat(roundTrip(client, bytes("clean"))).isEqualTo(bytes("clean"));
        }
    }

    @Test
    void chunkIsReplacedOnce() throws Exception {
        proxy().toClient().replace(bytes("other"));

        try (Socket client = connect()) {
            assertThat(roundTrip(client, bytes("reply"))).isEqualTo(bytes("other"));
            assertThat(roundTrip(client, bytes("clean"))).isEqualTo(bytes("clean"));
        }
    }

    @Test
    void chunkIsDuplicatedOnce() throws Exception {
        proxy().toClient().duplicate();

        try (Socket client = connect()) {
            client.getOutputStream().write(bytes("reply"));
            assertThat(client.getInputStream().readNBytes(10)).isEqualTo(bytes("replyreply"));

            assertThat(roundTrip(client, bytes("clean"))).isEqualTo(bytes("clean"));
        }
    }

    @Test
    void rewritingLastsUntilItIsHealed() throws Exception {
        proxy().toServer()
                .rewrite(chunk ->
                        new String(chunk, ISO_8859_1).toUpperCase(Locale.ROOT).getBytes(ISO_8859_1));

        try (Socket client = connect()) {
            assertThat(roundTrip(client, bytes("one"))).isEqualTo(bytes("ONE"));
            assertThat(roundTrip(client, bytes("two"))).isEqualTo(bytes("TWO"));

            proxy().toServer().heal();

            assertThat(roundTrip(client, bytes("three"))).isEqualTo(bytes("three"));
        }
    }

    @Test
    void failingRewriteResetsTheConnection() throws Exception {
        proxy().toClient().rewriteNext(chunk -> {
            throw new IllegalStateException("broken");
        });

        try (Socket client = connect()) {
            client.getOutputStream().write(bytes("ping"));

            assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
        }
    }

    @Test
    void serverThatIsNotThereResetsTheClient() throws Exception {
        server.close();

        try (Socket client = connect()) {
            assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
        }
        await().until(() -> proxy().openConnections() == 0);
    }

    @Test
    void newConnectionsGoToTheNewTarget() throws Exception {
        try (EchoServer other = new EchoServer()) {
            proxy().target(other.address());

            try (Socket client = connect()) {
                roundTrip(client, bytes("hello"));
            }

            assertThat(other.received).hasValue(5);
            assertThat(server.received).hasValue(0);
        }
    }

    @Test
    void slowReaderIsFeltByTheSender() throws Exception {
        try (ServerSocket never = new ServerSocket(0)) {
            proxy().target("127.0.0.1:" + never.getLocalPort());

            try (Socket client = connect();
                    Socket unread = never.accept()) {
                CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> {
                    try {
                        client.getOutputStream().write(new byte[64 << 20]);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });

                assertThatThrownBy(() -> writing.get(500, TimeUnit.MILLISECONDS))
                        .isInstanceOf(TimeoutException.class);
                assertThat(proxy().toServer().bytes()).isLessThan(64 << 20);
                assertThat(unread.isConnected()).isTrue();
            }
        }
    }

    @Test
    void closedProxyResetsItsConnectionsAndRefusesNewOnes() throws Exception {
        FaultProxy other = FaultProxy.to(server.address());
        try (Socket client = new Socket(InetAddress.getLoopbackAddress(), other.port())) {
            roundTrip(client, bytes("before"));

            other.close();
            other.close();

            assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
        }
        assertThatThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), other.port()))
                .isInstanceOf(ConnectException.class);
        assertThatThrownBy(other::heal).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void wrongSettingsAreRefused() {
        Faults faults = proxy().toClient();

        assertThatThrownBy(() -> faults.latency(Duration.ofMillis(-1))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> faults.bandwidth(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> faults.slice(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> FaultProxy.to("localhost")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> FaultProxy.to("localhost:port")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> faults.truncateAfter(-1)).isInstanceOf(IllegalArgumentException.class);
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), proxy().port());
        socket.setSoTimeout(30_000);
        return socket;
    }

    /** Sends and receives at the same time, because neither side can hold a large message whole. */
    private static byte[] roundTrip(Socket client, byte[] message) throws IOException {
        CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> {
            try {
                client.getOutputStream().write(message);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        byte[] reply = client.getInputStream().readNBytes(message.length);
        writing.join();
        return reply;
    }

    private static List<Integer> readsOf(Socket client, int count) throws IOException {
        InputStream in = client.getInputStream();
        List<Integer> reads = new ArrayList<>();
        byte[] buffer = new byte[count];
        for (int left = count; left > 0; left -= reads.get(reads.size() - 1)) {
            reads.add(in.read(buffer));
        }
        return reads;
    }

    private static void reset(Socket client) throws IOException {
        client.setSoLinger(true, 0);
        client.close();
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(7).nextBytes(bytes);
        return bytes;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(ISO_8859_1);
    }

    private static long millisSince(long startNanos) {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos);
    }
}
