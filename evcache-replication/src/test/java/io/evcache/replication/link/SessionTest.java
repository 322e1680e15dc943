package io.evcache.replication.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.evcache.core.value.EncodedValue;
import io.evcache.replication.link.BatchAck.Outcome;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Each end alone, with a clock that the test moves. */
class SessionTest {
    private static final LinkConfig CLIENT = LinkConfig.of("eu", "us", "unused", 1);
    private static final LinkServerConfig SERVER = LinkServerConfig.of("us", "unused", 0);

    private final AtomicLong nanos = new AtomicLong();
    private final ServerCounters counters = new ServerCounters();
    private final List<Batch> applied = new ArrayList<>();
    private final List<String> refusals = new ArrayList<>();

    @Test
    void threeHeartbeatsWithoutASignOfLifeCloseTheConnection() {
        EmbeddedChannel channel = client();
        channel.writeInbound(new Frame.Welcome(1, "us", 4 << 20));

        move(channel, Duration.ofSeconds(1));
        move(channel, Duration.ofSeconds(1));
        move(channel, Duration.ofSeconds(1));
        assertThat(channel.isOpen()).isTrue();

        move(channel, Duration.ofSeconds(1));
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void anySignOfLifeKeepsTheConnection() {
        EmbeddedChannel channel = client();
        channel.writeInbound(new Frame.Welcome(1, "us", 4 << 20));

        for (int i = 0; i < 20; i++) {
            move(channel, Duration.ofSeconds(1));
            channel.writeInbound(new Frame.Pong(nanos.get()));
        }

        assertThat(channel.isOpen()).isTrue();
    }

    @Test
    void batchWithoutAnAnswerClosesTheConnectionThoughItIsAlive() {
        EmbeddedChannel channel = client();
        channel.writeInbound(new Frame.Welcome(1, "us", 4 << 20));
        CompletableFuture<BatchAck> answer = send(channel);

        for (int i = 0; i < 12 && channel.isOpen(); i++) {
            move(channel, Duration.ofSeconds(1));
            channel.pipeline().fireChannelRead(new Frame.Pong(nanos.get()));
        }

        assertThat(channel.isOpen()).isFalse();
        assertThat(answer).isCompletedExceptionally();
    }

    /** A value of 3 MiB needs six seconds at 4 Mbit/s. The relay took that for silence, and sent it again over the next connection, for ever. */
    @Test
    void batchThatIsArrivingKeepsTheConnectionHoweverLongItTakes() {
        EmbeddedChannel channel = client();
        channel.writeInbound(new Frame.Welcome(1, "us", 4 << 20));
        long pinged = nanos.get();
        CompletableFuture<BatchAck> answer = send(channel);

        for (int i = 0; i < 60; i++) {
            move(channel, Duration.ofSeconds(1));
            channel.writeInbound(new Frame.Pong(pinged));
        }
        channel.writeInbound(new BatchAck(1, List.of(Outcome.APPLIED)));

        assertThat(channel.isOpen()).isTrue();
        assertThat(answer).isCompleted();
    }

    @Test
    void serverSaysThatALongFrameIsArriving() {
        EmbeddedChannel channel = server();
        channel.writeInbound(new Frame.Hello(1, 1, "eu"));
        channel.writeInbound(new Frame.Ping(7));
        move(channel, Duration.ofSeconds(1));
        channel.releaseOutbound();

        for (int i = 0; i < 30; i++) {
            channel.pipeline().fireChannelReadComplete(); // bytes, and no frame yet
            move(channel, Duration.ofSeconds(1));
            assertThat(channel.<Frame>readOutbound()).isEqualTo(new Frame.Pong(7));
        }
        assertThat(channel.isOpen()).as("not idle").isTrue();
        move(channel, Duration.ofSeconds(1));
        assertThat(channel.<Frame>readOutbound()).as("nothing came").isNull();
    }

    @Test
    void acknowledgementOfSomethingElseClosesTheConnection() {
        EmbeddedChannel channel = client();
        channel.writeInbound(new Frame.Welcome(1, "us", 4 << 20));
        CompletableFuture<BatchAck> answer = send(channel);

        channel.writeInbound(new BatchAck(1, List.of(Outcome.APPLIED, Outcome.APPLIED)));

        assertThat(channel.isOpen()).isFalse();
        assertThat(answer).isCompletedExceptionally();
    }

    @Test
    void noBatchLeavesBeforeTheHandshake() {
        EmbeddedChannel channel = client();
        send(channel);
        assertThat(channel.<Frame>readOutbound()).isInstanceOf(Frame.Hello.class);
        assertThat(channel.<Frame>readOutbound()).isNull();

        move(channel, Duration.ofSeconds(6));

        assertThat(channel.isOpen()).isFalse();
        assertThat(refusals).singleElement().asString().contains("handshake");
    }

    @Test
    void serverRefusesABatchThatAnotherRegionWrote() {
        EmbeddedChannel channel = server();
        channel.writeInbound(new Frame.Hello(1, 1, "eu"));

        channel.writeInbound(new Batch(1, "ap", 0, List.of()));

        assertRefused(channel);
    }

    @Test
    void serverRefusesABatchOfItsOwnRegion() {
        EmbeddedChannel channel = server();
        channel.writeInbound(new Frame.Hello(1, 1, "eu"));

        channel.writeInbound(new Batch(1, "us", 0, List.of()));

        assertRefused(channel);
    }

    @Test
    void serverRefusesABatchBeforeTheHandshake() {
        EmbeddedChannel channel = server();

        channel.writeInbound(new Batch(1, "eu", 0, List.of()));

        assertRefused(channel);
    }

    @Test
    void serverRefusesVersionsThatItDoesNotSpeak() {
        EmbeddedChannel channel = server();

        channel.writeInbound(new Frame.Hello(2, 9, "eu"));

        assertRefused(channel);
    }

    @Test
    void newerRelayThatStillSpeaksThisVersionIsWelcome() {
        EmbeddedChannel channel = server();

        channel.writeInbound(new Frame.Hello(1, 9, "eu"));

        assertThat(channel.<Frame>readOutbound()).isEqualTo(new Frame.Welcome(1, "us", LinkConfig.MAX_FRAME_BYTES));
    }

    @Test
    void silentConnectionIsClosedAfterHandshakeTimeoutAndAfterIdleTimeout() {
        EmbeddedChannel silent = server();
        move(silent, Duration.ofSeconds(6));
        assertThat(silent.isOpen()).isFalse();

        EmbeddedChannel idle = server();
        idle.writeInbound(new Frame.Hello(1, 1, "eu"));
        move(idle, Duration.ofSeconds(11));
        assertThat(idle.isOpen()).as("heard within the first period").isTrue();
        move(idle, Duration.ofSeconds(11));
        assertThat(idle.isOpen()).isFalse();
        assertThat(counters.connections).hasValue(0);
    }

    /** Its pings were answered into memory: ten times what it sent. */
    @Test
    void relayThatDoesNotReadItsAnswersIsNotReadUntilItDoes() {
        EmbeddedChannel channel = server();
        ChannelOutboundBuffer answers = channel.unsafe().outboundBuffer();

        answers.setUserDefinedWritability(1, false);
        channel.runPendingTasks();
        assertThat(channel.config().isAutoRead()).isFalse();

        answers.setUserDefinedWritability(1, true);
        channel.runPendingTasks();
        assertThat(channel.config().isAutoRead()).isTrue();
    }

    private EmbeddedChannel client() {
        ClientSession session =
                new ClientSession(CLIENT, nanos::get, new FrameDecoder(() -> {}), ready -> {}, refusals::add);
        EmbeddedChannel channel = new EmbeddedChannel(session);
        channel.freezeTime();
        return channel;
    }

    private EmbeddedChannel server() {
        ServerSession session = new ServerSession(
                SERVER,
                batch -> {
                    applied.add(batch);
                    return CompletableFuture.completedFuture(BatchAck.all(batch, Outcome.APPLIED));
                },
                new FrameDecoder(() -> {}),
                counters);
        EmbeddedChannel channel = new EmbeddedChannel(session);
        channel.freezeTime();
        return channel;
    }

    private static CompletableFuture<BatchAck> send(EmbeddedChannel channel) {
        ClientSession session = channel.pipeline().get(ClientSession.class);
        CompletableFuture<BatchAck> answer = new CompletableFuture<>();
        BatchEntry entry = BatchEntry.set(new byte[] {'k'}, 1, 60, new EncodedValue(new byte[1], 0));
        session.send(
                channel.pipeline().context(session),
                new ClientSession.Outgoing(List.of(entry), entry.bytes(), 0, 0, answer));
        return answer;
    }

    private void assertRefused(EmbeddedChannel channel) {
        List<Frame> said = new ArrayList<>();
        for (Frame frame = channel.readOutbound(); frame != null; frame = channel.readOutbound()) {
            said.add(frame);
        }
        assertThat(said.get(said.size() - 1)).isInstanceOf(Frame.Refused.class);
        assertThat(channel.isOpen()).isFalse();
        assertThat(applied).isEmpty();
    }

    private void move(EmbeddedChannel channel, Duration time) {
        nanos.addAndGet(time.toNanos());
        channel.advanceTimeBy(time.toNanos(), TimeUnit.NANOSECONDS);
        channel.runScheduledPendingTasks();
    }
}
