package io.evcache.core.transport.netty;

import static io.evcache.core.transport.netty.EpollConnections.connect;
import static io.evcache.core.transport.netty.EpollConnections.establish;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.evcache.core.command.Get;
import io.evcache.core.command.Lookup;
import io.evcache.core.command.Pending;
import io.evcache.core.key.Key;
import io.evcache.core.time.Deadline;
import io.evcache.core.time.Ticker;
import io.evcache.core.time.WallClock;
import io.evcache.core.transport.TransportConfig;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Callers whose stack is used up somewhere within the transport: what that costs is at most the connection, never the lane or the calls of others. */
class EndOfStackTest {
    private static final Get GET = Get.of(Key.of("key"));

    /** Up to 50 of 50 were never settled. */
    @Test
    void answersOfOthersAreToldWhenThereIsStackAgain() throws Exception {
        for (int round = 0; round < 60; round++) {
            try (EmbeddedConnection client = new EmbeddedConnection(TransportConfig.defaults())) {
                Answers answers = new Answers();
                List<Call<Lookup>> calls = new ArrayList<>();
                for (int i = 0; i < 50; i++) {
                    Call<Lookup> call = new Call<>(GET, client.in(Duration.ofSeconds(1)), client.connection);
                    call.receive(settled -> {});
                    calls.add(call);
                    answers.add(call, Lookup.Miss.PLAIN);
                }

                deepDown(answers::tell, round, 256 * 1_024);
                answers.tell();

                assertThat(calls)
                        .filteredOn(call -> !call.isSettled())
                        .as("the one that was being told")
                        .hasSizeLessThanOrEqualTo(1);
            }
        }
    }

    /** The turn to write stayed with a thread that was gone; closing the connection waited for that turn, on the loop. */
    @Test
    void sendsThatFailLeaveTheConnectionFreeOrClosed() throws Exception {
        assumeTrue(Epoll.isAvailable(), "callers write on native epoll only");
        LaneLoop loop = LaneLoop.of(LoopThread.factory(), EpollIoHandler.newFactory());
        LaneParts parts = new LaneParts(new Sweeper(loop, Ticker.system()), WallClock.system());
        try (ScriptedServer server = ScriptedServer.start(ScriptedServer.Peer::serve)) {
            for (int round = 0; round < 240; round++) {
                EpollChannel channel = connect(loop, server);
                NettyConnection connection = establish(channel, TransportConfig.defaults(), parts, channel);
                for (int i = 0; i <= CallerWrites.QUIET_AFTER; i++) {
                    Lookup unused = connection.send(GET, in(5_000)).await(in(5_000));
                }

                Deadline deadline = in(5_000);
                deepDown(() -> connection.send(GET, deadline), round % 48, 200 * 1_024 + 16 * round);

                Pending<Lookup> next = connection.send(GET, in(5_000));
                await().pollDelay(Duration.ZERO)
                        .pollInterval(Duration.ofMillis(1))
                        .until(() -> next.isSettled()
                                && (connection.inFlight() == 0
                                        || connection
                                                .closed()
                                                .toCompletableFuture()
                                                .isDone()));
                assertThat(channel.turn()).asString().isNotEqualTo("Turn(caller)");
                connection.close();
                assertThat(loop.submit(() -> "alive").get(30, TimeUnit.SECONDS)).isEqualTo("alive");
            }
        } finally {
            loop.shutdownGracefully(0, 5, TimeUnit.SECONDS);
        }
    }

    /** Does it on another thread, so many frames above the end of its stack. */
    private static void deepDown(Runnable work, int framesLeft, int stackBytes) throws InterruptedException {
        Thread deep = new Thread(null, () -> descend(work, framesLeft), "deep", stackBytes);
        deep.start();
        deep.join();
    }

    /** Returns how many frames this is above the end of the stack. */
    @SuppressWarnings("InfiniteRecursion") // the stack ends it
    private static int descend(Runnable work, int framesLeft) {
        int above;
        try {
            above = descend(work, framesLeft);
        } catch (StackOverflowError e) {
            above = 0;
        }
        if (above == framesLeft) {
            try {
                work.run();
            } catch (StackOverflowError | RuntimeException e) {
                return above + 1; // what becomes of this call is not the question
            }
        }
        return above + 1;
    }

    private static Deadline in(long millis) {
        return Deadline.after(Duration.ofMillis(millis), Ticker.system());
    }
}
