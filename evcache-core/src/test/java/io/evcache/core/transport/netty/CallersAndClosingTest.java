package io.evcache.core.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.evcache.core.command.Get;
import io.evcache.core.error.EvCacheException;
import io.evcache.core.key.Key;
import io.evcache.core.time.Deadline;
import io.evcache.core.time.Ticker;
import io.evcache.core.topology.NodeAddress;
import io.evcache.core.transport.Connection;
import io.evcache.core.transport.TransportConfig;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Callers write to descriptors that Netty closes, whose numbers the next connections get. */
class CallersAndClosingTest {
    private static final int SERVERS = 3;
    private static final int CLOSINGS = 1_500;

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
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        try (ScriptedServer server = ScriptedServer.start(peer -> {
            peer.readLine();
            hangUp.join();
            if (way == Way.SERVER_RESETS) {
                peer.reset();
            }
        })) {
            EpollChannel channel = (EpollChannel) new Bootstrap()
                    .group(group)
                    .channelFactory(EpollChannel::new)
                    .handler(new ChannelInboundHandlerAdapter())
                    .connect(server.address())
                    .sync()
                    .channel();
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
            group.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
        }
    }

    @Test
    void noCommandReachesAServerThatItWasNotMeantFor() throws Exception {
        Queue<String> strays = new ConcurrentLinkedQueue<>();
        AtomicInteger closings = new AtomicInteger();
        List<ScriptedServer> servers = new ArrayList<>();
        for (int i = 0; i < SERVERS; i++) {
            String own = "mg server" + i + ".";
            servers.add(ScriptedServer.greeting(peer -> answerAndLeave(peer, own, strays, closings)));
        }
        NettyTransport transport =
                NettyTransport.start(TransportConfig.defaults().withLanes(2));
        ExecutorService callers = Executors.newFixedThreadPool(2 * SERVERS);
        try {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < 2 * SERVERS; i++) {
                int server = i % SERVERS;
                int seed = i;
                running.add(callers.submit(() -> {
                    SplittableRandom random = new SplittableRandom(seed);
                    while (closings.get() < CLOSINGS && strays.isEmpty()) {
                        callUntilItCloses(transport, server, servers.get(server).port(), random);
                    }
                    return null;
                }));
            }
            for (Future<?> one : running) {
                one.get(60, TimeUnit.SECONDS);
            }
        } finally {
            callers.shutdownNow();
            transport.close();
            for (ScriptedServer server : servers) {
                server.close();
            }
        }

        assertThat(strays).isEmpty();
    }

    private static void answerAndLeave(
            ScriptedServer.Peer peer, String own, Queue<String> strays, AtomicInteger closings) throws IOException {
        SplittableRandom random = new SplittableRandom(closings.incrementAndGet());
        for (int left = random.nextInt(1, 3 * CallerWrites.QUIET_AFTER); left > 0; left--) {
            String line = peer.readLine();
            if (!line.startsWith(own)) {
                strays.add(line + " at " + own);
            }
            peer.say("EN " + line.substring(line.lastIndexOf(' ') + 1) + "\r\n");
        }
        if (random.nextBoolean()) {
            peer.reset();
        }
    }

    private static void callUntilItCloses(NettyTransport transport, int server, int port, SplittableRandom random)
            throws InterruptedException, ExecutionException {
        Connection connection = transport
                .connect(new NodeAddress("127.0.0.1", port), random.nextInt(2))
                .toCompletableFuture()
                .get();
        Get get = Get.of(Key.of("server" + server + "." + random.nextInt(1_000)));
        boolean leavesFirst = random.nextInt(4) == 0;
        for (int calls = random.nextInt(2 * CallerWrites.QUIET_AFTER);
                !connection.closed().toCompletableFuture().isDone();
                calls--) {
            Deadline deadline = Deadline.afterNanos(TimeUnit.SECONDS.toNanos(30), Ticker.system());
            try {
                var unused = connection.send(get, deadline).await(deadline);
            } catch (EvCacheException e) {
                connection.close();
            }
            if (leavesFirst && calls <= 0) {
                connection.close();
            }
        }
    }
}
