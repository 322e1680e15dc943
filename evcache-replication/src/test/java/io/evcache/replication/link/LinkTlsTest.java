package io.evcache.replication.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.evcache.core.time.Backoff;
import io.evcache.core.tls.ServerTls;
import io.evcache.core.tls.Tls;
import io.evcache.core.value.EncodedValue;
import io.evcache.replication.link.BatchAck.Outcome;
import io.evcache.testkit.FaultProxy;
import io.evcache.testkit.TestAuthority;
import io.evcache.testkit.TestCertificate;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two real peers, and who of them is let in. */
class LinkTlsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final TestAuthority AUTHORITY = TestAuthority.create();
    private static final TestAuthority STRANGER = TestAuthority.create();
    private static final TestCertificate AGENT = AUTHORITY.issue("127.0.0.1");
    private static final ServerTls MUTUAL = ServerTls.mutual(AGENT.chain(), AGENT.key(), AUTHORITY.certificate());
    private static final ServerTls OPEN = ServerTls.presenting(AGENT.chain(), AGENT.key());

    private final List<AutoCloseable> toClose = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (int i = toClose.size() - 1; i >= 0; i--) {
            toClose.get(i).close();
        }
    }

    @AfterAll
    static void removeCertificates() {
        AUTHORITY.close();
        STRANGER.close();
    }

    @Test
    void batchesCrossWithCertificatesOfBothSides() throws Exception {
        LinkServer server = server(MUTUAL);
        LinkClient link = link(server.address().getPort(), relayOf(AUTHORITY));
        await().atMost(PATIENCE).until(link::isReady);

        BatchAck small = send(link, 10);
        BatchAck large = send(link, 1 << 20);

        assertThat(small.outcomes()).containsExactly(Outcome.APPLIED);
        assertThat(large.outcomes()).containsExactly(Outcome.APPLIED);
    }

    @Test
    void relayWithoutOrWithAForeignCertificateIsRefused() {
        LinkServer server = server(MUTUAL);

        LinkClient without = link(server.address().getPort(), Tls.trusting(AUTHORITY.certificate()));
        LinkClient foreign = link(server.address().getPort(), relayTrusting(AUTHORITY, STRANGER.issue("relay")));

        await().atMost(PATIENCE)
                .until(() -> !without.lastRefusal().isEmpty()
                        && !foreign.lastRefusal().isEmpty()
                        && server.stats().refused() >= 2);
        assertThat(List.of(without.isReady(), foreign.isReady())).containsOnly(false);
        assertThat(server.stats().batches()).isZero();
    }

    @Test
    void agentOfAnotherAuthorityOrForAnotherHostIsNotUsed() {
        TestCertificate foreign = STRANGER.issue("127.0.0.1");
        TestCertificate elsewhere = AUTHORITY.issue("agent.example");
        LinkServer stranger = server(ServerTls.presenting(foreign.chain(), foreign.key()));
        LinkServer misnamed = server(ServerTls.presenting(elsewhere.chain(), elsewhere.key()));

        LinkClient one = link(stranger.address().getPort(), relayOf(AUTHORITY));
        LinkClient other = link(misnamed.address().getPort(), relayOf(AUTHORITY));

        await().atMost(PATIENCE).until(() -> one.lastRefusal().contains("certification path"));
        await().atMost(PATIENCE).until(() -> other.lastRefusal().contains("127.0.0.1"));
        assertThat(List.of(one.isReady(), other.isReady())).containsOnly(false);
    }

    @Test
    void relayWithoutTlsIsRefused() {
        LinkServer server = server(OPEN);

        LinkClient plain = LinkClient.open(config(server.address().getPort()));
        toClose.add(plain);

        await().atMost(PATIENCE).until(() -> server.stats().refused() > 0);
        assertThat(plain.isReady()).isFalse();
        assertThat(server.stats().batches()).isZero();
    }

    @Test
    void agentWithoutTlsIsNotUsed() {
        LinkServer plain = LinkServer.listen(
                LinkServerConfig.of("us", "127.0.0.1", 0),
                batch -> CompletableFuture.completedFuture(BatchAck.all(batch, Outcome.APPLIED)));
        toClose.add(plain);

        LinkClient link = link(plain.address().getPort(), relayOf(AUTHORITY));

        await().atMost(PATIENCE).until(() -> link.lastRefusal().contains("TLS"));
        assertThat(link.isReady()).isFalse();
        assertThat(plain.stats().batches()).isZero();
    }

    @Test
    void agentThatHangsInTheHandshakeIsLeftAndTriedAgain() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            LinkConfig config = config(silent.getLocalPort());
            LinkClient link = LinkClient.open(new LinkConfig(
                    config.ownRegion(),
                    config.remoteRegion(),
                    config.host(),
                    config.port(),
                    config.windowBatches(),
                    config.windowBytes(),
                    config.queueBytes(),
                    Duration.ofMillis(200),
                    config.answerTimeout(),
                    config.heartbeat(),
                    config.reconnect(),
                    Optional.of(relayOf(AUTHORITY))));
            toClose.add(link);

            await().atMost(PATIENCE).until(() -> link.lastRefusal().contains("200"));
            silent.accept().close();
            assertThat(silent.accept().isConnected()).as("another attempt").isTrue();
        }
    }

    @Test
    void relayThatHangsInTheHandshakeIsHungUpOn() throws IOException {
        LinkServerConfig config = LinkServerConfig.of("us", "127.0.0.1", 0).withTls(OPEN);
        LinkServer server = LinkServer.listen(
                new LinkServerConfig(
                        config.region(),
                        config.host(),
                        config.port(),
                        config.maxConnections(),
                        config.maxInFlightBytes(),
                        config.maxInFlightBytesPerConnection(),
                        Duration.ofMillis(100),
                        config.idleTimeout(),
                        config.tls()),
                batch -> CompletableFuture.completedFuture(BatchAck.all(batch, Outcome.APPLIED)));
        toClose.add(server);

        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), server.address().getPort())) {
            OutputStream out = socket.getOutputStream();
            out.write(new byte[] {22, 3, 1}); // the beginning of a ClientHello
            socket.setSoTimeout(30_000);
            while (socket.getInputStream().read() >= 0) {
                // an alert may come first
            }
        }
        await().atMost(PATIENCE).until(() -> server.stats().connections() == 0);
    }

    @Test
    void linkThatWasCutComesBack() throws Exception {
        LinkServer server = server(MUTUAL);
        try (FaultProxy proxy = FaultProxy.to("127.0.0.1:" + server.address().getPort())) {
            LinkClient link = link(proxy.port(), relayOf(AUTHORITY));
            await().atMost(PATIENCE).until(link::isReady);

            proxy.resetConnections();

            await().atMost(PATIENCE).until(() -> link.connects() == 2 && link.isReady());
            assertThat(send(link, 10).outcomes()).containsExactly(Outcome.APPLIED);
        }
    }

    private LinkServer server(ServerTls tls) {
        LinkServer server = LinkServer.listen(
                LinkServerConfig.of("us", "127.0.0.1", 0).withTls(tls),
                batch -> CompletableFuture.completedFuture(BatchAck.all(batch, Outcome.APPLIED)));
        toClose.add(server);
        return server;
    }

    private LinkClient link(int port, Tls tls) {
        LinkClient link = LinkClient.open(config(port).withTls(tls));
        toClose.add(link);
        return link;
    }

    private static LinkConfig config(int port) {
        return LinkConfig.of("eu", "us", "127.0.0.1", port)
                .withReconnect(new Backoff(Duration.ofMillis(20), Duration.ofMillis(100)));
    }

    private static Tls relayOf(TestAuthority authority) {
        return relayTrusting(authority, authority.issue("relay"));
    }

    private static Tls relayTrusting(TestAuthority authority, TestCertificate own) {
        return Tls.mutual(authority.certificate(), own.chain(), own.key());
    }

    private static BatchAck send(LinkClient link, int valueBytes) throws Exception {
        byte[] key = "k".getBytes(StandardCharsets.UTF_8);
        BatchEntry entry = BatchEntry.set(key, 1, 60, new EncodedValue(new byte[valueBytes], 3));
        return link.send(List.of(entry), System.nanoTime()).get(30, TimeUnit.SECONDS);
    }
}
