package io.evcache.core.transport.netty;

import static io.evcache.core.transport.netty.Outcomes.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.evcache.core.command.Get;
import io.evcache.core.command.Lookup;
import io.evcache.core.command.Pending;
import io.evcache.core.command.Waiting;
import io.evcache.core.error.CallInterrupted;
import io.evcache.core.error.DeadlineExceeded;
import io.evcache.core.error.NodeUnavailable;
import io.evcache.core.error.NodeUnavailable.Reason;
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
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Callers run the loop in turns with its own thread. Unless a test says otherwise that thread never comes back by itself, so what needs it hangs if nobody calls it. */
class LaneLoopTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final long NEVER = TimeUnit.HOURS.toNanos(1);
    private static final Get GET = Get.of(Key.of("key"));

    private LaneLoop loop = loop(NEVER);
    private final ExecutorService others = Executors.newCachedThreadPool();

    @BeforeAll
    static void onEpollOnly() {
        assumeTrue(Epoll.isAvailable(), "callers run a loop of native epoll only");
    }

    @AfterEach
    void end() {
        loop.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
        others.shutdownNow();
    }

    @Test
    void callerThatWaitsAloneReadsItsOwnAnswer() throws Exception {
        Semaphore mayAnswer = new Semaphore(100_000);
        try (ScriptedServer server = ScriptedServer.start(peer -> answerWhen(mayAnswer, peer))) {
            NettyConnection connection = connect(server);
            lend(connection);
            mayAnswer.drainPermits();

            AtomicReference<Thread> reader = new AtomicReference<>();
            Thread caller = new Thread(() -> Waiting.during(() -> {
                Pending<Lookup> call = connection.send(GET, in(LONG));
                call.receive(settled -> reader.set(Thread.currentThread()));
                return call.await(in(LONG));
            }));
            caller.start();
            await().until(() -> loop.inEventLoop(caller));
            mayAnswer.release(1);

            caller.join();
            assertThat(reader).hasValue(caller);
            assertThat(loop.isLent()).isTrue();
        }
    }

    /** Of hundreds of nodes each meets its first calls when the lane has been quiet for long. */
    @Test
    void loopStaysWithCallersWhoseConnectionIsNew() throws Exception {
        try (ScriptedServer server = ScriptedServer.start(ScriptedServer.Peer::serve)) {
            NettyConnection isNew = connect(server);
            lend(connect(server));
            AtomicReference<Thread> reader = new AtomicReference<>();

            Lookup unused = Waiting.during(() -> {
                Pending<Lookup> call = isNew.send(GET, in(LONG));
                call.receive(settled -> reader.set(Thread.currentThread()));
                return call.await(in(LONG));
            });

            assertThat(reader).hasValue(Thread.currentThread());
            assertThat(loop.isLent()).isTrue();
        }
    }

    /** A read of several zones: the first one hangs, and its attempt has less time than the whole. */
    @Test
    void attemptThatIsLateIsGivenUpWhileItsCallerPolls() throws Exception {
        Semaphore mayAnswer = new Semaphore(100_000);
        try (ScriptedServer server = ScriptedServer.start(peer -> answerWhen(mayAnswer, peer))) {
            NettyConnection connection = connect(server);
            lend(connection);
            mayAnswer.drainPermits();
            Pending<String> read = Pending.open();

            String outcome = Waiting.during(() -> {
                connection
                        .send(GET, in(Duration.ofMillis(30)))
                        .receive(attempt -> read.complete("given up: " + attempt.failure()));
                return read.await(in(LONG));
            });

            assertThat(outcome).contains("given up").contains("30 ms");
        }
    }

    @Test
    void callOfSomebodyWhoDoesNotWaitExpiresWhileACallerPolls() throws Exception {
        Semaphore mayAnswer = new Semaphore(100_000);
        Semaphore mayAnswerOther = new Semaphore(100_000);
        try (ScriptedServer hangs = ScriptedServer.start(peer -> answerWhen(mayAnswer, peer));
                ScriptedServer hangsToo = ScriptedServer.start(peer -> answerWhen(mayAnswerOther, peer))) {
            NettyConnection polled = connect(hangs);
            NettyConnection quiet = connect(hangsToo);
            lend(quiet);
            lend(polled);
            mayAnswer.drainPermits();
            mayAnswerOther.drainPermits();
            Future<String> poller = others.submit(() -> ask(polled));
            await().until(loop::isRunByCaller);

            Pending<Lookup> late = quiet.send(GET, in(Duration.ofMillis(30)));

            await().until(late::isSettled);
            assertThat(late.failure()).isInstanceOf(DeadlineExceeded.class);
            assertThat(poller.isDone()).isFalse();
            mayAnswer.release(1);
            assertThat(poller.get(30, TimeUnit.SECONDS)).isEqualTo("key");
        }
    }

    /** It failed in some 15 tries: the loop stayed with a thread that was long gone. */
    @Test
    void callersWithoutStackLeftDoNotTakeTheLoopWithThem() throws Exception {
        try (ScriptedServer server = ScriptedServer.start(ScriptedServer.Peer::serve)) {
            NettyConnection connection = connect(server);
            for (int i = 0; i < 60; i++) {
                if (connection.closed().toCompletableFuture().isDone()) {
                    connection = connect(server); // an overflow while an answer is read costs the connection
                }
                lendForAMoment(connection);
                NettyConnection used = connection;
                int framesLeft = i % 30;
                Thread deep = new Thread(
                        null, () -> Waiting.during(() -> askDeepDown(used, framesLeft)), "deep", 256 * 1_024);
                deep.start();
                deep.join();

                loop.submit(() -> {}).get(30, TimeUnit.SECONDS);
            }
        }
    }

    private static boolean askDeepDown(NettyConnection connection, int framesLeft) {
        Deadline deadline = in(Duration.ofMillis(200));
        Pending<Lookup> call = connection.send(GET, deadline);
        int unused = awaitDeepDown(call, deadline, framesLeft);
        return true;
    }

    /** Waits so many frames above the end of the stack; returns how many frames this is from there. */
    @SuppressWarnings("InfiniteRecursion") // the stack ends it
    private static int awaitDeepDown(Pending<Lookup> call, Deadline deadline, int framesLeft) {
        int above;
        try {
            above = awaitDeepDown(call, deadline, framesLeft);
        } catch (StackOverflowError e) {
            above = 0;
        }
        if (above == framesLeft) {
            try {
                Lookup unused = call.await(deadline);
            } catch (StackOverflowError | RuntimeException e) {
                return above + 1; // what becomes of this call is not the question
            }
        }
        return above + 1;
    }

    @Test
    void callOfSomebodyWhoDoesNotWaitBringsTheLoopHome() throws Exception {
        try (ScriptedServer server = ScriptedServer.start(ScriptedServer.Peer::serve)) {
            NettyConnection connection = connect(server);
            lend(connection);

            Pending<Lookup> call = connection.send(GET, in(LONG));

            await().until(call::isSettled);
            assertThat(text(call)).isEqualTo("key");
            assertThat(loop.isLent()).isFalse();
        }
    }

    @Test
    void callerThatSaidItWouldWaitAndDoesNotIsAnsweredAllTheSame() throws Exception {
        try (ScriptedServer server = ScriptedServer.start(ScriptedServer.Peer::serve)) {
            NettyConnection connection = connect(server);
            lend(connection);

            Pending<Lookup> call = Waiting.during(() -> connection.send(GET, in(LONG)));

            await().until(call::isSettled);
            assertThat(text(call)).isEqualTo("key");
        }
    }

    @Test
    void callerThatPollsReadsTheAnswersOfOthersToo() throws Exception {
        Semaphore mayAnswer = new Semaphore(0);
        try (ScriptedServer slow = ScriptedServer.start(peer -> answerWhen(mayAnswer, peer));
                ScriptedServer quick = ScriptedServer.start(ScriptedServer.Peer::serve)) {
            NettyConnection waits = connect(slow);
            NettyConnection connection = connect(quick);
            mayAnswer.release(100_000);
            lend(waits);
            mayAnswer.drainPermits();
            Future<String> poller = others.submit(() -> ask(waits));
            await().until(loop::isRunByCaller);

            Pending<Lookup> of = connection.send(GET, in(LONG)); // through the queue: the connection is new
            await().until(of::isSettled);
            assertThat(others.submit(() -> ask(connection)).get(30, TimeUnit.SECONDS))
                    .isEqualTo("key");
            assertThat(poller.isDone()).isFalse();

            mayAnswer.release(1);
            assertThat(poller.get(30, TimeUnit.SECONDS)).isEqualTo("key");
            await().until(() -> !loop.isLent());
        }
    }

    @Test
    void whatIsUnansweredWhenAPollerHasItsAnswerIsReadAtHome() throws Exception {
        Semaphore mayAnswer = new Semaphore(0);
        Semaphore mayAnswerOther = new Semaphore(0);
        try (ScriptedServer slow = ScriptedServer.start(peer -> answerWhen(mayAnswer, peer));
                ScriptedServer slower = ScriptedServer.start(peer -> answerWhen(mayAnswerOther, peer))) {
            NettyConnection first = connect(slow);
            NettyConnection second = connect(slower);
            mayAnswer.release(100_000);
            lend(first);
            mayAnswer.drainPermits();
            Future<String> poller = others.submit(() -> ask(first));
            await().until(loop::isRunByCaller);
            Pending<Lookup> late = second.send(GET, in(LONG));
            mayAnswer.release(1);
            assertThat(poller.get(30, TimeUnit.SECONDS)).isEqualTo("key");

            mayAnswerOther.release(1);

            await().until(late::isSettled);
            assertThat(text(late)).isEqualTo("key");
        }
    }

    @Test
    void deadlinePassesForACallerThatPollsAndLaterCallsHaveTheirOwnAnswers() throws Exception {
        Semaphore mayAnswer = new Semaphore(0);
        try (ScriptedServer server = ScriptedServer.start(peer -> answerWhen(mayAnswer, peer))) {
            NettyConnection connection = connect(server);
            mayAnswer.release(100_000);
            lend(connection);
            mayAnswer.drainPermits();

            assertThatThrownBy(() -> ask(connection, Get.of(Key.of("late")), Duration.ofMillis(50)))
                    .isInstanceOf(DeadlineExceeded.class)
                    .hasMessageContaining("late");

            mayAnswer.release(100_000);
            for (int i = 0; i < 200; i++) {
                assertThat(ask(connection, Get.of(Key.of("key" + i)), LONG)).isEqualTo("key" + i);
            }
        }
    }

    @Test
    void serverThatHangsIsFoundOutThoughCallersPoll() throws Exception {
        Semaphore mayAnswer = new Semaphore(0);
        try (ScriptedServer server = ScriptedServer.start(peer -> answerWhen(mayAnswer, peer))) {
            NettyConnection connection = connect(server);
            mayAnswer.release(100_000);
            lend(connection);
            mayAnswer.drainPermits();

            await().untilAsserted(() -> {
                assertThatThrownBy(() -> ask(connection, GET, Duration.ofMillis(20)))
                        .isInstanceOf(NodeUnavailable.class)
                        .extracting(failure -> ((NodeUnavailable) failure).reason())
                        .isEqualTo(Reason.NOT_RESPONDING);
            });
        }
    }

    @Test
    void interruptEndsAWaitThatPolls() throws Exception {
        Semaphore mayAnswer = new Semaphore(0);
        try (ScriptedServer server = ScriptedServer.start(peer -> answerWhen(mayAnswer, peer))) {
            NettyConnection connection = connect(server);
            mayAnswer.release(100_000);
            lend(connection);
            mayAnswer.drainPermits();
            CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
            Thread caller = new Thread(() -> {
                try {
                    ask(connection);
                } catch (CallInterrupted e) {
                    interrupted.complete(Thread.currentThread().isInterrupted());
                }
            });
            caller.start();
            await().until(() -> loop.inEventLoop(caller));

            caller.interrupt();

            assertThat(interrupted.get(30, TimeUnit.SECONDS)).isTrue();
            await().until(() -> !loop.isLent()); // the answer that nobody waits for is still to be read
        }
    }

    @Test
    void receiverThatBlocksOnAPollingCallerIsRefused() throws Exception {
        Semaphore mayAnswer = new Semaphore(100_000);
        try (ScriptedServer server = ScriptedServer.start(peer -> answerWhen(mayAnswer, peer))) {
            NettyConnection connection = connect(server);
            lend(connection);
            mayAnswer.drainPermits();
            AtomicReference<@Nullable Throwable> refused = new AtomicReference<>();
            Thread caller = new Thread(() -> Waiting.during(() -> {
                Pending<Lookup> call = connection.send(GET, in(LONG));
                call.receive(settled -> {
                    try {
                        ask(connection);
                    } catch (IllegalStateException e) {
                        refused.set(e);
                    }
                });
                return call.await(in(LONG));
            }));
            caller.start();
            await().until(() -> loop.inEventLoop(caller));

            mayAnswer.release(100_000);

            caller.join();
            assertThat(refused.get()).hasMessageContaining("blocking call").hasMessageContaining("async");
            assertThat(ask(connection)).isEqualTo("key");
        }
    }

    @Test
    void closingFailsACallThatIsPolledFor() throws Exception {
        Semaphore mayAnswer = new Semaphore(0);
        try (ScriptedServer server = ScriptedServer.start(peer -> answerWhen(mayAnswer, peer))) {
            NettyConnection connection = connect(server);
            mayAnswer.release(100_000);
            lend(connection);
            mayAnswer.drainPermits();
            Future<String> poller = others.submit(() -> ask(connection));
            await().until(loop::isRunByCaller);

            connection.close();

            assertThatThrownBy(() -> poller.get(30, TimeUnit.SECONDS))
                    .cause()
                    .isInstanceOf(NodeUnavailable.class)
                    .hasMessageContaining("closed by this client");
        }
    }

    @Test
    void loopEndsThoughACallerRunsIt() throws Exception {
        Semaphore mayAnswer = new Semaphore(0);
        try (ScriptedServer server = ScriptedServer.start(peer -> answerWhen(mayAnswer, peer))) {
            NettyConnection connection = connect(server);
            mayAnswer.release(100_000);
            lend(connection);
            mayAnswer.drainPermits();
            Future<String> poller = others.submit(() -> ask(connection));
            await().until(loop::isRunByCaller);

            loop.shutdownGracefully(0, 5, TimeUnit.SECONDS);

            assertThatThrownBy(() -> poller.get(30, TimeUnit.SECONDS))
                    .cause()
                    .isInstanceOf(NodeUnavailable.class)
                    .extracting(failure -> ((NodeUnavailable) failure).reason())
                    .isEqualTo(Reason.CONNECTION_LOST);
            await().until(loop::isTerminated);
        }
    }

    @Test
    void goodbyeOfAServerIsNoticedThoughTheLoopIsLent() throws Exception {
        loop.shutdownGracefully();
        loop = loop(TimeUnit.MILLISECONDS.toNanos(1));
        CompletableFuture<ScriptedServer.Peer> connected = new CompletableFuture<>();
        try (ScriptedServer server = ScriptedServer.start(peer -> {
            connected.complete(peer);
            peer.serve();
        })) {
            NettyConnection connection = connect(server);
            lendForAMoment(connection);

            connected.get().reset();

            await().until(() -> connection.closed().toCompletableFuture().isDone());
        }
    }

    @Test
    void loopThatNobodyRunsComesHome() throws Exception {
        loop.shutdownGracefully();
        loop = loop(TimeUnit.MILLISECONDS.toNanos(1));
        try (ScriptedServer server = ScriptedServer.start(ScriptedServer.Peer::serve)) {
            lendForAMoment(connect(server));

            await().until(() -> !loop.isLent());
        }
    }

    @Test
    void taskThatACallerHasPlannedRunsWhenItIsDue() throws Exception {
        Semaphore mayAnswer = new Semaphore(100_000);
        try (ScriptedServer server = ScriptedServer.start(peer -> answerWhen(mayAnswer, peer))) {
            NettyConnection connection = connect(server);
            lend(connection);
            mayAnswer.drainPermits();
            CountDownLatch ran = new CountDownLatch(1);
            Thread caller = new Thread(() -> Waiting.during(() -> {
                Pending<Lookup> call = connection.send(GET, in(LONG));
                call.receive(settled -> loop.schedule(ran::countDown, 30, TimeUnit.MILLISECONDS));
                return call.await(in(LONG));
            }));
            caller.start();
            await().until(() -> loop.inEventLoop(caller));

            mayAnswer.release(1);

            assertThat(ran.await(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void taskFromOutsideRunsThoughTheLoopIsLentOrRunByACaller() throws Exception {
        Semaphore mayAnswer = new Semaphore(0);
        try (ScriptedServer server = ScriptedServer.start(peer -> answerWhen(mayAnswer, peer))) {
            NettyConnection connection = connect(server);
            mayAnswer.release(100_000);
            lend(connection);
            loop.submit(() -> {}).get(30, TimeUnit.SECONDS);
            lend(connection);
            mayAnswer.drainPermits();
            Future<String> poller = others.submit(() -> ask(connection));
            await().until(loop::isRunByCaller);

            loop.submit(() -> {}).get(30, TimeUnit.SECONDS);

            mayAnswer.release(1);
            assertThat(poller.get(30, TimeUnit.SECONDS)).isEqualTo("key");
        }
    }

    /** Two callers that pause, one that does not wait, one that leaves early: the loop comes and goes thousands of times. */
    @Test
    void everyCallHasItsOwnAnswerHoweverTheLoopComesAndGoes() throws Exception {
        try (ScriptedServer server = ScriptedServer.start(ScriptedServer.Peer::serve)) {
            TransportConfig config = patient(); // those who leave early do not mean that the server hangs
            List<NettyConnection> connections =
                    List.of(connect(server, config), connect(server, config), connect(server, config));
            AtomicInteger calls = new AtomicInteger();
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(4);
            List<Future<Integer>> callers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                int kind = i;
                callers.add(others.submit(() -> {
                    SplittableRandom random = new SplittableRandom(kind);
                    int wrong = 0;
                    while (System.nanoTime() < end) {
                        String key = "key" + calls.incrementAndGet();
                        NettyConnection connection = connections.get(random.nextInt(connections.size()));
                        wrong += isRight(kind, connection, key) ? 0 : 1;
                        LockSupport.parkNanos(random.nextInt(kind < 2 ? 100_000 : 4_000_000));
                    }
                    return wrong;
                }));
            }

            for (Future<Integer> caller : callers) {
                assertThat(caller.get(60, TimeUnit.SECONDS)).isZero();
            }
            await().until(() -> connections.stream().allMatch(connection -> connection.inFlight() == 0));
            assertThat(calls).hasValueGreaterThan(1_000);
        }
    }

    private static boolean isRight(int kind, NettyConnection connection, String key) throws Exception {
        Get get = Get.of(Key.of(key));
        if (kind < 2) {
            return ask(connection, get, LONG).equals(key);
        }
        if (kind == 2) {
            Pending<Lookup> call = connection.send(get, in(LONG));
            Lookup unused = call.toFuture().get(30, TimeUnit.SECONDS);
            return text(call).equals(key);
        }
        try {
            return ask(connection, get, Duration.ofNanos(30_000)).equals(key);
        } catch (DeadlineExceeded e) {
            return true;
        }
    }

    // ---- what the tests are made of ----

    /** Calls alone until the loop's own thread has stepped aside, and has done what was planned before. */
    private void lend(NettyConnection connection) {
        for (int i = 0; i <= CallerWrites.QUIET_AFTER; i++) { // until its callers may write
            assertThat(ask(connection)).isEqualTo("key");
        }
        do {
            lendForAMoment(connection);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        } while (!loop.isLent() || loop.threadProperties().state() != Thread.State.TIMED_WAITING);
    }

    private void lendForAMoment(NettyConnection connection) {
        for (int i = 0; !loop.isLent(); i++) {
            assertThat(i).as("calls without the loop being lent").isLessThan(100_000);
            assertThat(ask(connection)).isEqualTo("key");
        }
    }

    private static String ask(NettyConnection connection) {
        return ask(connection, GET, LONG);
    }

    private static String ask(NettyConnection connection, Get get, Duration timeout) {
        Deadline deadline = in(timeout);
        return Waiting.during(() -> {
            Pending<Lookup> call = connection.send(get, deadline);
            Lookup unused = call.await(deadline);
            return text(call);
        });
    }

    /** Answers a get with its own key as the value, as soon as there is a permit for that. */
    private static void answerWhen(Semaphore permits, ScriptedServer.Peer peer) throws java.io.IOException {
        while (true) {
            String get = peer.readLine();
            permits.acquireUninterruptibly();
            peer.say(ScriptedServer.Peer.echo(get));
        }
    }

    private static TransportConfig patient() {
        TransportConfig config = TransportConfig.defaults();
        return new TransportConfig(
                config.connectTimeout(),
                config.lanes(),
                config.maxInFlight(),
                config.maxQueuedBytes(),
                config.maxValueBytes(),
                1_000,
                config.tls());
    }

    private NettyConnection connect(ScriptedServer server) throws Exception {
        return connect(server, TransportConfig.defaults());
    }

    private NettyConnection connect(ScriptedServer server, TransportConfig config) throws Exception {
        EpollChannel channel = EpollConnections.connect(loop, server);
        return EpollConnections.establish(channel, config, parts(), channel);
    }

    private @Nullable LaneParts parts;

    private LaneParts parts() {
        if (parts == null) {
            parts = new LaneParts(new Sweeper(loop, Ticker.system()), WallClock.system());
        }
        return parts;
    }

    private static LaneLoop loop(long lookNanos) {
        return LaneLoop.of(LoopThread.factory(), EpollIoHandler.newFactory(), new Traffic(1, 1), lookNanos);
    }

    private static Deadline in(Duration timeout) {
        return Deadline.after(timeout, Ticker.system());
    }
}
