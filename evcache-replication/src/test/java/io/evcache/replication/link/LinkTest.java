package io.evcache.replication.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.evcache.core.time.Backoff;
import io.evcache.core.value.EncodedValue;
import io.evcache.replication.link.BatchAck.Outcome;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LinkTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final List<AutoCloseable> toClose = new ArrayList<>();
    private final Queue<Batch> received = new ConcurrentLinkedQueue<>();

    @AfterEach
    void close() throws Exception {
        for (int i = toClose.size() - 1; i >= 0; i--) {
            toClose.get(i).close();
        }
    }

    @Test
    void batchArrivesAsItWasSentAndItsOutcomesComeBack() throws Exception {
        LinkServer server = server(
                LinkServerConfig.of("us", "127.0.0.1", 0),
                batch -> done(new BatchAck(batch.id(), List.of(Outcome.APPLIED, Outcome.REJECTED))));
        LinkClient link = readyLink("eu", "us", server);

        BatchAck ack = link.send(List.of(entry("a", 10), entry("b", 20)), System.nanoTime())
                .get(30, TimeUnit.SECONDS);

        assertThat(ack.outcomes()).containsExactly(Outcome.APPLIED, Outcome.REJECTED);
        assertThat(received).singleElement().satisfies(batch -> {
            assertThat(batch.originRegion()).isEqualTo("eu");
            assertThat(batch.entries()).usingRecursiveComparison().isEqualTo(List.of(entry("a", 10), entry("b", 20)));
        });
    }

    @Test
    void timeThatAValueWasHeldIsToldToTheAgent() throws Exception {
        LinkServer server = server(LinkServerConfig.of("us", "127.0.0.1", 0), LinkTest::applied);
        LinkClient link = readyLink("eu", "us", server);

        link.send(List.of(entry("a", 1)), System.nanoTime() - TimeUnit.SECONDS.toNanos(90))
                .get(30, TimeUnit.SECONDS);

        assertThat(received.element().heldMillis()).isGreaterThanOrEqualTo(90_000);
    }

    @Test
    void sameRegionAtBothEndsIsRefused() {
        assertThatThrownBy(() -> LinkConfig.of("eu", "eu", "localhost", 1))
                .isInstanceOf(IllegalArgumentException.class);
        LinkServer server = server(LinkServerConfig.of("eu", "127.0.0.1", 0), LinkTest::applied);

        LinkClient link = link("eu", "us", server);

        await().atMost(PATIENCE).until(() -> link.lastRefusal().contains("'eu'"));
        assertThat(link.isReady()).isFalse();
        assertThat(server.stats().refused()).isPositive();
    }

    @Test
    void agentOfAnotherRegionThanExpectedIsNotUsed() {
        LinkServer server = server(LinkServerConfig.of("ap", "127.0.0.1", 0), LinkTest::applied);

        LinkClient link = link("eu", "us", server);

        await().atMost(PATIENCE).until(() -> link.lastRefusal().contains("'ap'"));
        assertThat(link.isReady()).isFalse();
    }

    @Test
    void whatHasNoAnswerWhenTheAgentGoesFailsAndTheLinkComesBack() throws Exception {
        LinkServer first = server(LinkServerConfig.of("us", "127.0.0.1", 0), batch -> new CompletableFuture<>());
        int port = first.address().getPort();
        LinkClient link = readyLink("eu", "us", first);
        CompletableFuture<BatchAck> answer = link.send(List.of(entry("a", 1)), System.nanoTime());
        await().atMost(PATIENCE).until(() -> !received.isEmpty());

        first.close();

        await().atMost(PATIENCE).until(answer::isCompletedExceptionally);
        assertThat(reason(answer)).isEqualTo(LinkFailure.Reason.CONNECTION_LOST);
        await().atMost(PATIENCE).until(() -> !link.isReady());
        assertThat(reason(link.send(List.of(entry("a", 1)), 0))).isEqualTo(LinkFailure.Reason.NOT_CONNECTED);

        server(LinkServerConfig.of("us", "127.0.0.1", port), LinkTest::applied);

        await().atMost(PATIENCE).until(link::isReady);
        assertThat(link.send(List.of(entry("a", 1)), System.nanoTime())
                        .get(30, TimeUnit.SECONDS)
                        .outcomes())
                .containsExactly(Outcome.APPLIED);
        assertThat(link.connects()).isEqualTo(2);
        assertThat(link.queuedBytes()).isZero();
    }

    /** The kernel went on sending what the socket held, and the agent applied it after what was newer. */
    @Test
    void whatWasNotDeliveredWhenTheConnectionEndsNeverArrives() throws Exception {
        try (ServerSocket agent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            LinkClient link = LinkClient.open(LinkConfig.of("eu", "us", "127.0.0.1", agent.getLocalPort()));
            toClose.add(link);
            try (Socket connection = agent.accept()) {
                connection.setSoTimeout(30_000);
                connection.getOutputStream().write(bytes(new Frame.Welcome(1, "us", LinkConfig.MAX_FRAME_BYTES)));
                await().atMost(PATIENCE).until(link::isReady);
                link.send(List.of(entry("old", 3 << 20)), System.nanoTime());

                link.close();

                assertThatThrownBy(() -> connection.getInputStream().transferTo(OutputStream.nullOutputStream()))
                        .as("neither the bytes nor an orderly end")
                        .isInstanceOf(SocketException.class);
            }
        }
    }

    @Test
    void windowHoldsBatchesBackUntilEarlierOnesAreAcknowledged() throws Exception {
        Queue<CompletableFuture<BatchAck>> acks = new ConcurrentLinkedQueue<>();
        LinkServer server = server(LinkServerConfig.of("us", "127.0.0.1", 0), batch -> {
            CompletableFuture<BatchAck> ack = new CompletableFuture<>();
            acks.add(ack);
            return ack;
        });
        LinkClient link = LinkClient.open(config("eu", "us", server).withWindow(2, 1 << 20));
        toClose.add(link);
        await().atMost(PATIENCE).until(link::isReady);

        for (int i = 0; i < 5; i++) {
            link.send(List.of(entry("k" + i, 1)), System.nanoTime());
        }

        for (int i = 0; i < 5; i++) {
            int sent = Math.min(5, i + 2);
            await().atMost(PATIENCE).until(() -> received.size() >= sent);
            assertThat(received).hasSize(sent);
            acks.remove().complete(BatchAck.all(received.toArray(new Batch[0])[i], Outcome.APPLIED));
        }
        await().atMost(PATIENCE).until(() -> link.queuedBytes() == 0);
    }

    @Test
    void agentWithoutRoomSaysBusyAndKeepsNothing() throws Exception {
        CompletableFuture<BatchAck> never = new CompletableFuture<>();
        LinkServer server =
                server(LinkServerConfig.of("us", "127.0.0.1", 0).withInFlightBytes(1_000, 1_000), batch -> never);
        LinkClient link = readyLink("eu", "us", server);
        link.send(List.of(entry("a", 900)), System.nanoTime());

        CompletableFuture<BatchAck> second = link.send(List.of(entry("b", 900)), System.nanoTime());

        await().atMost(PATIENCE).until(second::isDone);
        assertThat(reason(second)).isEqualTo(LinkFailure.Reason.BUSY);
        assertThat(server.stats().busy()).isEqualTo(1);
        assertThat(server.stats().inFlightBytes()).isBetween(900L, 1_000L);
    }

    @Test
    void handlerThatFailsMeansRetryForAll() throws Exception {
        LinkServer server = server(LinkServerConfig.of("us", "127.0.0.1", 0), batch -> {
            throw new IllegalStateException("broken for the test");
        });
        LinkClient link = readyLink("eu", "us", server);

        BatchAck ack = link.send(List.of(entry("a", 1)), System.nanoTime()).get(30, TimeUnit.SECONDS);

        assertThat(ack.outcomes()).containsExactly(Outcome.RETRY);
        assertThat(server.stats().inFlightBytes()).isZero();
    }

    /** Its bytes counted as in flight for ever. */
    @Test
    void handlerThatFailsWithAnErrorMeansRetryForAll() throws Exception {
        LinkServer server = server(LinkServerConfig.of("us", "127.0.0.1", 0), batch -> {
            throw new OutOfMemoryError("for the test");
        });
        LinkClient link = readyLink("eu", "us", server);

        BatchAck ack = link.send(List.of(entry("a", 1)), System.nanoTime()).get(30, TimeUnit.SECONDS);

        assertThat(ack.outcomes()).containsExactly(Outcome.RETRY);
        assertThat(server.stats().inFlightBytes()).isZero();
    }

    @Test
    void connectionsBeyondTheLimitAreRefused() {
        LinkServer server = server(LinkServerConfig.of("us", "127.0.0.1", 0).withMaxConnections(1), LinkTest::applied);
        readyLink("eu", "us", server);

        LinkClient second = link("ap", "us", server);

        await().atMost(PATIENCE).until(() -> second.lastRefusal().contains("too many"));
    }

    @Test
    void garbageClosesItsOwnConnectionOnly() throws Exception {
        LinkServer server = server(LinkServerConfig.of("us", "127.0.0.1", 0), LinkTest::applied);
        LinkClient link = readyLink("eu", "us", server);

        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), server.address().getPort())) {
            OutputStream out = socket.getOutputStream();
            out.write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            socket.setSoTimeout(30_000);
            assertThat(in.read()).as("closed").isEqualTo(-1);
        }

        assertThat(server.stats().malformed()).isEqualTo(1);
        assertThat(link.send(List.of(entry("a", 1)), System.nanoTime())
                        .get(30, TimeUnit.SECONDS)
                        .outcomes())
                .containsExactly(Outcome.APPLIED);
    }

    @Test
    void closedLinkFailsWhatIsSent() throws Exception {
        LinkServer server = server(LinkServerConfig.of("us", "127.0.0.1", 0), LinkTest::applied);
        LinkClient link = readyLink("eu", "us", server);

        link.close();
        link.close();

        assertThat(reason(link.send(List.of(entry("a", 1)), 0))).isEqualTo(LinkFailure.Reason.CLOSED);
    }

    private LinkServer server(LinkServerConfig config, BatchHandler handler) {
        LinkServer server = LinkServer.listen(config, batch -> {
            received.add(batch);
            return handler.apply(batch);
        });
        toClose.add(server);
        return server;
    }

    private LinkClient readyLink(String from, String to, LinkServer server) {
        LinkClient link = link(from, to, server);
        await().atMost(PATIENCE).until(link::isReady);
        return link;
    }

    private LinkClient link(String from, String to, LinkServer server) {
        LinkClient link = LinkClient.open(config(from, to, server));
        toClose.add(link);
        return link;
    }

    private static LinkConfig config(String from, String to, LinkServer server) {
        return LinkConfig.of(from, to, "127.0.0.1", server.address().getPort())
                .withReconnect(new Backoff(Duration.ofMillis(20), Duration.ofMillis(100)));
    }

    private static CompletableFuture<BatchAck> applied(Batch batch) {
        return done(BatchAck.all(batch, Outcome.APPLIED));
    }

    private static CompletableFuture<BatchAck> done(BatchAck ack) {
        return CompletableFuture.completedFuture(ack);
    }

    private static byte[] bytes(Frame frame) {
        ByteBuf out = Unpooled.buffer();
        FrameCodec.encode(frame, out);
        return ByteBufUtil.getBytes(out);
    }

    private static BatchEntry entry(String key, int valueBytes) {
        return BatchEntry.set(key.getBytes(StandardCharsets.UTF_8), 1, 60, new EncodedValue(new byte[valueBytes], 3));
    }

    private static LinkFailure.Reason reason(CompletableFuture<BatchAck> answer) {
        try {
            throw new AssertionError("answered " + answer.get(30, TimeUnit.SECONDS));
        } catch (ExecutionException e) {
            if (e.getCause() instanceof LinkFailure failure) {
                return failure.reason();
            }
            throw new AssertionError(e);
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }
}
