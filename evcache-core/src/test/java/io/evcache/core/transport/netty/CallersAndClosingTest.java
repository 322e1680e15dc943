package io.evcache.core.transport.netty;

import static io.evcache.core.transport.netty.EpollConnections.connect;
import static io.evcache.core.transport.netty.EpollConnections.establish;
import static io.evcache.core.transport.netty.Outcomes.reason;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.evcache.core.command.Get;
import io.evcache.core.command.Lookup;
import io.evcache.core.command.Pending;
import io.evcache.core.error.NodeUnavailable.Reason;
import io.evcache.core.key.Key;
import io.evcache.core.time.Deadline;
import io.evcache.core.time.Ticker;
import io.evcache.core.time.WallClock;
import io.evcache.core.transport.TransportConfig;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Callers write to descriptors that Netty closes, whose numbers the next connections get. */
class CallersAndClosingTest {
    private static final Get GET = Get.of(Key.of("key"));

    /** A new descriptor has the lowest number that is free; so many are enough for one that was given back, whatever else this process opens and closes. */
    private static final int NEXT_CONNECTIONS = 16;

    @BeforeAll
    static void onEpollOnly() {
        assumeTrue(Epoll.isAvailable(), "callers write on native epoll only");
    }

    /** The ways in which Netty comes to close a descriptor. */
    enum Way {
        SERVER_ENDS,
        SERVER_RESETS,
        CLIENT_CLOSES,
        CLIENT_CLOSES_ON_THE_LOOP
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void descriptorStaysOpenWhileACallerHasTheTurn(Way way) throws Exception {
        CompletableFuture<Void> hangUp = new CompletableFuture<>();
        EventLoopGroup group = loops();
        try (ScriptedServer server = ScriptedServer.start(peer -> {
            peer.readLine();
            hangUp.join();
            if (way == Way.SERVER_RESETS) {
                peer.reset();
            }
        })) {
            EpollChannel channel = connect(group, server);
            channel.writeAndFlush(Unpooled.copiedBuffer(new byte[] {'\n'})).sync();
            assertThat(channel.turn().tryCaller()).isTrue();

            switch (way) {
                case SERVER_ENDS, SERVER_RESETS -> hangUp.complete(null);
                case CLIENT_CLOSES -> channel.close();
                case CLIENT_CLOSES_ON_THE_LOOP -> channel.eventLoop().execute(channel::close);
            }
            await().until(channel.turn()::isCloseWaiting);
            assertThat(channel.fd().isOpen()).isTrue();
            assertThat(channel.turn().endCaller()).isFalse();

            await().until(() -> !channel.fd().isOpen());
            assertThat(channel.turn().tryCaller()).isFalse();
        } finally {
            hangUp.complete(null);
            end(group);
        }
    }

    @Test
    void callerThatIsStoppedBeforeItsWriteDoesNotWriteToTheNextConnection() throws Exception {
        Queue<String> strays = new ConcurrentLinkedQueue<>();
        AtomicInteger ended = new AtomicInteger();
        EventLoopGroup loop = loops();
        EventLoopGroup others = loops();
        try (ScriptedServer server = ScriptedServer.start(CallersAndClosingTest::answerAll);
                ScriptedServer next = ScriptedServer.start(peer -> hear(peer, strays, ended))) {
            EpollChannel channel = connect(loop, server);
            List<EpollChannel> opened = new ArrayList<>();
            Pending<Lookup> call = callThatIsStopped(channel, () -> {
                int number = channel.fd().intValue();
                channel.close();
                await().until(() ->
                        channel.turn().isCloseWaiting() || !channel.fd().isOpen());
                do {
                    opened.add(connect(others, next));
                } while (opened.size() < NEXT_CONNECTIONS
                        && opened.get(opened.size() - 1).fd().intValue() != number);
            });

            opened.forEach(EpollChannel::close);
            await().until(() -> ended.get() == opened.size());
            assertThat(strays).isEmpty();
            await().until(call::isSettled);
            assertThat(reason(call)).isEqualTo(Reason.CONNECTION_LOST);
        } finally {
            end(loop);
            end(others);
        }
    }

    @Test
    void loopThatEndsWaitsForTheCallerThatWritesAndFailsItsCall() throws Exception {
        EventLoopGroup loop = loops();
        try (ScriptedServer server = ScriptedServer.start(CallersAndClosingTest::answerAll)) {
            AtomicBoolean open = new AtomicBoolean();
            EpollChannel channel = connect(loop, server);
            Pending<Lookup> call = callThatIsStopped(channel, () -> {
                loop.shutdownGracefully(0, 30, TimeUnit.SECONDS);
                await().until(channel.turn()::isCloseWaiting);
                open.set(channel.fd().isOpen());
            });

            assertThat(open).isTrue();
            await().until(loop::isTerminated);
            assertThat(reason(call)).isEqualTo(Reason.CONNECTION_LOST);
            assertThat(channel.fd().isOpen()).isFalse();
        } finally {
            end(loop);
        }
    }

    /** Sends a command that its caller writes, and runs the action when it is that caller's turn and nothing is written yet. */
    private static Pending<Lookup> callThatIsStopped(EpollChannel channel, Runnable action) throws Exception {
        StoppedSocket socket = new StoppedSocket(channel);
        LaneParts parts = new LaneParts(new Sweeper(channel.eventLoop(), Ticker.system()), WallClock.system());
        NettyConnection connection = establish(channel, TransportConfig.defaults(), parts, socket);
        for (int i = 0; i < CallerWrites.QUIET_AFTER; i++) {
            assertThat(connection.send(GET, deadline()).await(deadline())).isEqualTo(Lookup.Miss.PLAIN);
        }
        socket.action = action;
        Pending<Lookup> call = connection.send(GET, deadline());
        assertThat(socket.action).isNull();
        return call;
    }

    private static EventLoopGroup loops() {
        return new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    }

    private static void end(EventLoopGroup loops) {
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private static Deadline deadline() {
        return Deadline.afterNanos(TimeUnit.SECONDS.toNanos(30), Ticker.system());
    }

    private static void answerAll(ScriptedServer.Peer peer) throws IOException {
        while (true) {
            peer.say("EN " + peer.readOpaque() + "\r\n");
        }
    }

    private static void hear(ScriptedServer.Peer peer, Queue<String> heard, AtomicInteger ended) throws IOException {
        try {
            while (true) {
                heard.add(peer.readLine());
            }
        } finally {
            ended.incrementAndGet();
        }
    }

    /** Runs an action before it passes a command on to the channel, once. */
    private static final class StoppedSocket implements SharedSocket {
        private final EpollChannel channel;
        private @Nullable Runnable action;

        StoppedSocket(EpollChannel channel) {
            this.channel = channel;
        }

        @Override
        public Turn turn() {
            return channel.turn();
        }

        @Override
        public boolean isAtHome() {
            return channel.isAtHome();
        }

        @Override
        public int send(ByteBuffer bytes, int from, int to) throws IOException {
            Runnable due = action;
            if (due != null) {
                action = null;
                due.run();
            }
            return channel.send(bytes, from, to);
        }
    }
}
