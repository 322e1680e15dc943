package io.evcache.core.transport.netty;

import static io.evcache.core.transport.netty.Outcomes.reason;
import static io.evcache.core.transport.netty.Outcomes.text;
import static io.evcache.core.transport.netty.Outcomes.value;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.evcache.core.command.Get;
import io.evcache.core.command.Lookup;
import io.evcache.core.command.Pending;
import io.evcache.core.command.Store;
import io.evcache.core.command.StoreReply;
import io.evcache.core.error.NodeUnavailable;
import io.evcache.core.error.NodeUnavailable.Reason;
import io.evcache.core.key.Key;
import io.evcache.core.time.Deadline;
import io.evcache.core.time.Ticker;
import io.evcache.core.tls.Tls;
import io.evcache.core.topology.NodeAddress;
import io.evcache.core.transport.Connection;
import io.evcache.core.transport.TransportConfig;
import io.evcache.core.value.EncodedValue;
import io.evcache.core.value.Ttl;
import io.evcache.testkit.EmbeddedMemcached;
import io.evcache.testkit.FaultProxy;
import io.evcache.testkit.TestAuthority;
import io.evcache.testkit.TestCertificate;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is let in and who is not, and what becomes of a connection whose encryption breaks. */
class NettyTlsTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final int CLIENT_HELLO = 22;

    /** The shortest that a server says before its side of a handshake is over, also when a session is taken up again. */
    private static final int SERVER_HELLO_BYTES = 90;

    private static final TestAuthority AUTHORITY = TestAuthority.create();
    private static final TestAuthority STRANGER = TestAuthority.create();
    private static final TestCertificate SERVER = AUTHORITY.issue("127.0.0.1");
    private static final Tls TRUSTING = Tls.trusting(AUTHORITY.certificate());

    private @Nullable NettyTransport transport;

    @AfterAll
    static void removeCertificates() {
        AUTHORITY.close();
        STRANGER.close();
    }

    @AfterEach
    void closeAndLeaveNoThread() {
        if (transport != null) {
            transport.close();
        }
        await().atMost(Duration.ofSeconds(10))
                .until(() -> Thread.getAllStackTraces().keySet().stream()
                        .noneMatch(thread -> thread.getName().startsWith("evcache-tls")
                                || thread.getName().startsWith("evcache-io")));
    }

    @Test
    void serverOfATrustedAuthorityIsReached() throws Exception {
        try (EmbeddedMemcached server = EmbeddedMemcached.builder().tls(SERVER).start()) {
            Connection connection = connect(TRUSTING, server.port());

            assertThat(store(connection, "k", "v")).isEqualTo(StoreReply.STORED);
            assertThat(get(connection, "k")).isEqualTo("v");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void bothVersionsAreSpoken(String version) throws Exception {
        try (EmbeddedMemcached server = EmbeddedMemcached.builder().tls(SERVER).start()) {
            Connection connection = connect(TRUSTING.withProtocols(version), server.port());

            assertThat(store(connection, "k", "v")).isEqualTo(StoreReply.STORED);
        }
    }

    @Test
    void serverOfAnotherAuthorityIsRefused() throws Exception {
        try (EmbeddedMemcached server =
                EmbeddedMemcached.builder().tls(STRANGER.issue("127.0.0.1")).start()) {
            NodeUnavailable refusal = refusal(TRUSTING, server.port());

            assertThat(refusal)
                    .hasMessageContaining("node 127.0.0.1:" + server.port())
                    .hasMessageContaining("TLS handshake")
                    .hasMessageContaining("certification path");
            assertThat(refusal.reason()).isEqualTo(Reason.NOT_CONNECTED);
            assertThat(refusal.getCause()).isNotNull();
        }
    }

    @Test
    void expiredCertificateIsRefused() throws Exception {
        try (EmbeddedMemcached server = EmbeddedMemcached.builder()
                .tls(AUTHORITY.issueExpired("127.0.0.1"))
                .start()) {
            assertThat(refusal(TRUSTING, server.port())).hasMessageContaining("TLS handshake");
        }
    }

    @Test
    void certificateForAnotherHostIsRefusedUnlessNamesAreNotChecked() throws Exception {
        try (EmbeddedMemcached server = EmbeddedMemcached.builder()
                .tls(AUTHORITY.issue("cache.example"))
                .start()) {
            assertThat(refusal(TRUSTING, server.port())).hasMessageContaining("127.0.0.1");

            requireNonNull(transport).close();
            Connection connection = connect(TRUSTING.withoutHostNameCheck(), server.port());
            assertThat(store(connection, "k", "v")).isEqualTo(StoreReply.STORED);
        }
    }

    @Test
    void certificateMustBeForTheConfiguredNameAndNotForTheAddressBehindIt() throws Exception {
        try (EmbeddedMemcached named = EmbeddedMemcached.builder()
                        .tls(AUTHORITY.issue("cache.example"))
                        .start();
                EmbeddedMemcached addressed =
                        EmbeddedMemcached.builder().tls(SERVER).start()) {
            open(TRUSTING);

            Connection connection = connect(new NodeAddress("cache.example", "127.0.0.1", named.port()));

            assertThat(store(connection, "k", "v")).isEqualTo(StoreReply.STORED);
            assertThat(refusal(new NodeAddress("cache.example", "127.0.0.1", addressed.port())))
                    .hasMessageContaining("cache.example");
        }
    }

    @Test
    void mutualServerLetsInOnlyClientsOfItsAuthority() throws Exception {
        TestCertificate own = AUTHORITY.issue("client");
        TestCertificate others = STRANGER.issue("client");
        try (EmbeddedMemcached server =
                EmbeddedMemcached.builder().mutualTls(SERVER).start()) {
            Connection connection = connect(Tls.mutual(AUTHORITY.certificate(), own.chain(), own.key()), server.port());
            assertThat(store(connection, "k", "v")).isEqualTo(StoreReply.STORED);
            requireNonNull(transport).close();

            assertThat(refusal(TRUSTING, server.port()).reason()).isEqualTo(Reason.NOT_CONNECTED);
            requireNonNull(transport).close();

            assertThat(refusal(Tls.mutual(AUTHORITY.certificate(), others.chain(), others.key()), server.port())
                            .reason())
                    .isEqualTo(Reason.NOT_CONNECTED);
            assertThat(server.keys()).containsExactly("k");
        }
    }

    @Test
    void nothingIsSaidInPlaintextToAServerWithoutTls() throws Exception {
        CompletableFuture<byte[]> heard = new CompletableFuture<>();
        try (ScriptedServer server = ScriptedServer.start(peer -> {
            heard.complete(peer.readSome());
            peer.say("ERROR\r\n");
            peer.keepOpen();
        })) {
            NodeUnavailable refusal = refusal(TRUSTING, server.port());

            assertThat(refusal).hasMessageContaining("plaintext");
            byte[] said = heard.get(5, TimeUnit.SECONDS);
            assertThat(said[0]).isEqualTo((byte) CLIENT_HELLO);
            assertThat(new String(said, StandardCharsets.ISO_8859_1)).doesNotContain("version", "evcache");
        }
    }

    @Test
    void clientWithoutTlsIsToldWhatMayBeWrong() throws Exception {
        try (EmbeddedMemcached server = EmbeddedMemcached.builder().tls(SERVER).start()) {
            transport = NettyTransport.start(config());

            assertThat(refusal(new NodeAddress("127.0.0.1", server.port())).reason())
                    .isEqualTo(Reason.NOT_CONNECTED);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nonsense that is not a handshake at all",
                "\u0016\u0003\u0003\u0000\u0004\u0002\u0000\u0000\u0000", // an empty ServerHello
                "\u0016\u0003\u0003\u007f\u00ff", // a record longer than any may be
                "\u0015\u0003\u0003\u0000\u0002\u0002(", // the alert handshake_failure
                "\u0017\u0003\u0003\u0000\u0001x", // data before any handshake
            })
    void garbageInsteadOfAHandshakeIsAClearFailure(String garbage) throws Exception {
        try (ScriptedServer server = ScriptedServer.start(peer -> {
            peer.readSome();
            peer.say(garbage);
            peer.keepOpen();
        })) {
            transport = NettyTransport.start( // one of them promises more bytes and is silent then
                    config().withConnectTimeout(Duration.ofMillis(300)).withTls(TRUSTING));
            NodeUnavailable refusal = refusal(new NodeAddress("127.0.0.1", server.port()));

            assertThat(refusal)
                    .hasMessageContaining("node 127.0.0.1:" + server.port())
                    .hasMessageContaining("TLS handshake");
        }
    }

    @Test
    void resetInTheHandshakeIsAClearFailure() throws Exception {
        try (ScriptedServer server = ScriptedServer.start(peer -> {
            peer.readSome();
            peer.reset();
        })) {
            assertThat(refusal(TRUSTING, server.port())).hasMessageContaining("TLS handshake");
        }
    }

    @Test
    void handshakeThatIsCutAnywhereIsAClearFailure() throws Exception {
        try (EmbeddedMemcached server = EmbeddedMemcached.builder().tls(SERVER).start();
                FaultProxy proxy = FaultProxy.to(server.address())) {
            connect(TRUSTING, proxy.port()).close();
            assertThat(proxy.toClient().bytes()).isGreaterThan(SERVER_HELLO_BYTES);
            SplittableRandom random = new SplittableRandom(7);

            for (int i = 0; i < 20; i++) {
                proxy.heal();
                proxy.toClient().truncateAfter(random.nextLong(SERVER_HELLO_BYTES));

                assertThat(refusal(new NodeAddress("127.0.0.1", proxy.port())).reason())
                        .isEqualTo(Reason.NOT_CONNECTED);
            }
        }
    }

    @Test
    void handshakeThatHangsEndsWithTheConnectTimeout() throws Exception {
        try (ScriptedServer server = ScriptedServer.start(ScriptedServer.Peer::keepOpen)) {
            transport = NettyTransport.start(
                    config().withConnectTimeout(Duration.ofMillis(100)).withTls(TRUSTING));

            assertThat(refusal(new NodeAddress("127.0.0.1", server.port())))
                    .hasMessageContaining("TLS handshake")
                    .hasMessageContaining("within 100 ms");
        }
    }

    @Test
    void connectionThatIsResetFailsWhatIsInFlight() throws Exception {
        try (EmbeddedMemcached server = EmbeddedMemcached.builder().tls(SERVER).start();
                FaultProxy proxy = FaultProxy.to(server.address())) {
            Connection connection = connect(TRUSTING, proxy.port());
            server.hang();
            long before = proxy.toServer().bytes();
            Pending<Lookup> call = ask(connection, "k");
            await().until(() -> proxy.toServer().bytes() > before); // else it was never sent

            proxy.resetConnections();

            assertThatThrownBy(() -> call.await(deadline(LONG))).isInstanceOf(NodeUnavailable.class);
            assertThat(reason(call)).isEqualTo(Reason.CONNECTION_LOST);
        }
    }

    @Test
    void bytesThatWereChangedOnTheWayCloseTheConnectionAndAreNeverAValue() throws Exception {
        try (EmbeddedMemcached server = EmbeddedMemcached.builder().tls(SERVER).start();
                FaultProxy proxy = FaultProxy.to(server.address())) {
            Connection connection = connect(TRUSTING, proxy.port());
            store(connection, "k", "value");
            proxy.toClient().rewriteNext(bytes -> {
                bytes[bytes.length - 1] ^= 1;
                return bytes;
            });
            Pending<Lookup> call = ask(connection, "k");

            assertThatThrownBy(() -> call.await(deadline(LONG))).isInstanceOf(NodeUnavailable.class);
            assertThat(connection.closed().toCompletableFuture()).isCompleted();
        }
    }

    @Test
    void recordsInPiecesOfOneByteArriveWhole() throws Exception {
        try (EmbeddedMemcached server = EmbeddedMemcached.builder().tls(SERVER).start();
                FaultProxy proxy = FaultProxy.to(server.address())) {
            proxy.toClient().slice(1);
            proxy.toServer().slice(1);
            Connection connection = connect(TRUSTING, proxy.port());

            assertThat(store(connection, "k", "value")).isEqualTo(StoreReply.STORED);
            assertThat(get(connection, "k")).isEqualTo("value");
        }
    }

    @Test
    void callsThatGatherLeaveInOneRecord() throws Exception {
        ByteArrayOutputStream sent = new ByteArrayOutputStream();
        try (EmbeddedMemcached server = EmbeddedMemcached.builder().tls(SERVER).start();
                FaultProxy proxy = FaultProxy.to(server.address())) {
            Connection connection = connect(TRUSTING, proxy.port());
            proxy.toServer().rewrite(bytes -> {
                synchronized (sent) {
                    sent.writeBytes(bytes);
                }
                return bytes;
            });
            List<Pending<Lookup>> calls = new ArrayList<>();
            CompletableFuture<Void> queued = new CompletableFuture<>();

            server.hang(); // no answer before somebody waits for it
            ask(connection, "first")
                    .receive(
                            answered -> { // on the event loop, which therefore cannot write
                                for (int i = 0; i < 300; i++) {
                                    calls.add(ask(connection, "k" + i));
                                }
                                queued.complete(null);
                            });
            server.resume();
            queued.get(10, TimeUnit.SECONDS);
            for (Pending<Lookup> call : calls) {
                call.await(deadline(LONG));
            }

            synchronized (sent) {
                assertThat(records(sent.toByteArray())).isEqualTo(2);
            }
        }
    }

    /** TLS records by their headers: type, version, length. */
    private static int records(byte[] bytes) {
        int count = 0;
        for (int at = 0; at < bytes.length; count++) {
            at += 5 + (((bytes[at + 3] & 0xFF) << 8) | (bytes[at + 4] & 0xFF));
        }
        return count;
    }

    private static TransportConfig config() {
        return TransportConfig.defaults().withLanes(1).withConnectTimeout(Duration.ofSeconds(5));
    }

    private void open(Tls tls) {
        transport = NettyTransport.start(config().withTls(tls));
    }

    private Connection connect(Tls tls, int port) throws Exception {
        open(tls);
        return connect(new NodeAddress("127.0.0.1", port));
    }

    private Connection connect(NodeAddress node) throws Exception {
        CompletableFuture<Connection> opened =
                requireNonNull(transport).connect(node, 0).toCompletableFuture();
        return requireNonNull(opened.get(10, TimeUnit.SECONDS));
    }

    private NodeUnavailable refusal(Tls tls, int port) throws Exception {
        open(tls);
        return refusal(new NodeAddress("127.0.0.1", port));
    }

    private NodeUnavailable refusal(NodeAddress node) throws Exception {
        try {
            Connection opened = connect(node);
            throw new AssertionError("let in: " + opened);
        } catch (ExecutionException e) {
            assertThat(e.getCause()).isInstanceOf(NodeUnavailable.class);
            return requireNonNull((NodeUnavailable) e.getCause());
        }
    }

    private static Pending<Lookup> ask(Connection connection, String key) {
        return connection.send(Get.of(Key.of(key)), deadline(LONG));
    }

    private static String get(Connection connection, String key) {
        Pending<Lookup> call = ask(connection, key);
        call.await(deadline(LONG));
        return text(call);
    }

    private static StoreReply store(Connection connection, String key, String value) {
        EncodedValue encoded = new EncodedValue(value.getBytes(StandardCharsets.ISO_8859_1), 0);
        Pending<StoreReply> call = connection.send(Store.set(Key.of(key), encoded, Ttl.none()), deadline(LONG));
        call.await(deadline(LONG));
        return value(call);
    }

    private static Deadline deadline(Duration time) {
        return Deadline.after(time, Ticker.system());
    }
}
