package io.evcache.core.transport.netty;

import static io.evcache.core.transport.netty.Outcomes.failure;
import static io.evcache.core.transport.netty.Outcomes.reason;
import static io.evcache.core.transport.netty.Outcomes.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.evcache.core.command.Get;
import io.evcache.core.command.Lookup;
import io.evcache.core.command.Pending;
import io.evcache.core.command.Store;
import io.evcache.core.command.StoreReply;
import io.evcache.core.error.CallInterrupted;
import io.evcache.core.error.DeadlineExceeded;
import io.evcache.core.error.EvCacheException;
import io.evcache.core.error.NodeUnavailable;
import io.evcache.core.error.NodeUnavailable.Reason;
import io.evcache.core.key.Key;
import io.evcache.core.time.Deadline;
import io.evcache.core.time.Ticker;
import io.evcache.core.time.WallClock;
import io.evcache.core.topology.NodeAddress;
import io.evcache.core.transport.Connection;
import io.evcache.core.transport.HostNames;
import io.evcache.core.transport.TransportConfig;
import io.evcache.core.value.EncodedValue;
import io.evcache.core.value.Ttl;
import io.netty.util.ResourceLeakDetector;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.hamcrest.Matchers;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real sockets, and a server that does what servers must not do. */
class NettyTransportTest {
    private static final Duration SHORT = Duration.ofMillis(100);
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final TransportConfig CONFIG =
            TransportConfig.defaults().withLanes(1).withConnectTimeout(Duration.ofMillis(500));

    private NettyTransport transport = NettyTransport.start(CONFIG);

    @AfterEach
    void closeAndLeaveNoThread() {
        transport.close();
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
        await().atMost(Duration.ofSeconds(10)).until(() -> loopThreads() == 0);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "rubbish\r\n",
                "VA 1 f0 O99\r\nx\r\n",
                "VA 1 f0 O1\r\nx\r\n",
                "CLIENT_ERROR bad command line format\r\n",
                "ERROR\r\n",
                "\r\n\r\n",
            })
    void violationFailsEverythingInFlightAndClosesTheSocket(String words) throws Exception {
        CountDownLatch hungUp = new CountDownLatch(1);
        try (ScriptedServer server = ScriptedServer.greeting(peer -> {
            peer.readLine();
            peer.readLine();
            peer.say(words);
            try {
                peer.readLine();
            } catch (IOException closed) {
                hungUp.countDown();
            }
        })) {
            Connection connection = connect(server);

            Pending<Lookup> first = get(connection, "a", LONG);
            Pending<Lookup> second = get(connection, "b", LONG);

            assertThatThrownBy(() -> first.await(deadline(LONG))).isInstanceOf(NodeUnavailable.class);
            assertThatThrownBy(() -> second.await(deadline(LONG))).isInstanceOf(NodeUnavailable.class);
            assertThat(hungUp.await(5, TimeUnit.SECONDS)).isTrue();
            assertThat(connection.closed().toCompletableFuture()).isCompleted();
            assertThat(connection.inFlight()).isZero();
        }
    }

    /** What the kernel still holds would come after what is written over the next connection, and be the newest value then. */
    @Test
    void whatAGivenUpConnectionHasNotSentIsForgotten() throws Exception {
        CompletableFuture<Boolean> brokenOff = new CompletableFuture<>();
        CountDownLatch givenUp = new CountDownLatch(1);
        try (ScriptedServer server = ScriptedServer.greeting(peer -> {
            peer.readLine();
            peer.say("rubbish\r\n"); // and reads no more
            pass(givenUp);
            brokenOff.complete(peer.isBrokenOff());
        })) {
            Connection connection = connect(server);
            for (int i = 0; i < 10; i++) {
                Pending<StoreReply> unused = connection.send(large("k" + i), deadline(LONG));
            }
            assertThat(connection.closed().toCompletableFuture()).succeedsWithin(LONG);
            transport.close();
            givenUp.countDown();

            assertThat(brokenOff.get(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void whatWasWrittenBeforeAnOrderlyCloseStillArrives() throws Exception {
        CompletableFuture<Boolean> brokenOff = new CompletableFuture<>();
        CountDownLatch closed = new CountDownLatch(1);
        try (ScriptedServer server = ScriptedServer.greeting(peer -> {
            pass(closed);
            brokenOff.complete(peer.isBrokenOff());
        })) {
            Connection connection = connect(server);
            Pending<StoreReply> unused = connection.send(large("k"), deadline(LONG));
            connection.close();
            assertThat(connection.closed().toCompletableFuture()).succeedsWithin(LONG);
            closed.countDown();

            assertThat(brokenOff.get(30, TimeUnit.SECONDS)).isFalse();
        }
    }

    private static Store large(String key) {
        return Store.set(Key.of(key), new EncodedValue(new byte[500_000], 0), Ttl.none());
    }

    private static void pass(CountDownLatch latch) {
        try {
            assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void earlyReplyClosesTheConnection() throws Exception {
        try (ScriptedServer server = ScriptedServer.start(peer -> {
            peer.readLine();
            peer.say("VERSION 1.6.99\r\nHD\r\nMN\r\nVA 1 f0 O0\r\nx\r\n");
            peer.keepOpen();
        })) {
            // The greeting and the reply to a question that has not been asked may come in one packet.
            Connection connection = connect(server);

            assertThat(connection.closed().toCompletableFuture().get(5, TimeUnit.SECONDS))
                    .hasMessageContaining("nobody asked for");
        }
    }

    @Test
    void serverErrorInThePipelineLeavesEverybodyElseInStep() throws Exception {
        try (ScriptedServer server = ScriptedServer.greeting(peer -> {
            for (int i = 0; ; i++) {
                String get = peer.readLine();
                peer.say(i % 3 == 1 ? "SERVER_ERROR out of memory\r\n" : ScriptedServer.Peer.echo(get));
            }
        })) {
            Connection connection = connect(server);
            List<Pending<Lookup>> calls = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                calls.add(get(connection, "k" + i, LONG));
            }

            await().until(() -> calls.stream().allMatch(Pending::isSettled));

            for (int i = 0; i < 300; i++) {
                if (i % 3 == 1) {
                    assertThat(failure(calls.get(i))).hasMessageContaining("out of memory");
                } else {
                    assertThat(text(calls.get(i))).isEqualTo("k" + i);
                }
            }
            assertThat(connection.closed().toCompletableFuture()).isNotDone();
        }
    }

    @Test
    void truncatedValueIsNoValue() throws Exception {
        try (ScriptedServer server =
                ScriptedServer.greeting(peer -> peer.say("VA 10 f0 " + peer.readOpaque() + "\r\nshort"))) {
            Pending<Lookup> call = get(connect(server), "a", LONG);

            assertThatThrownBy(() -> call.await(deadline(LONG))).isInstanceOf(NodeUnavailable.class);
            assertThat(reason(call)).isEqualTo(Reason.CONNECTION_LOST);
        }
    }

    @Test
    void resetFailsWhatIsInFlight() throws Exception {
        try (ScriptedServer server = ScriptedServer.greeting(peer -> {
            peer.say("VA 10 f0 " + peer.readOpaque() + "\r\nshort");
            peer.reset();
        })) {
            Pending<Lookup> call = get(connect(server), "a", LONG);

            assertThatThrownBy(() -> call.await(deadline(LONG))).isInstanceOf(NodeUnavailable.class);
            assertThat(failure(call).mayHaveBeenApplied()).isTrue();
        }
    }

    @Test
    void repliesInPacketsOfOneByteArriveWhole() throws Exception {
        try (ScriptedServer server = ScriptedServer.greeting(peer -> {
            while (true) {
                for (char c : ScriptedServer.Peer.echo(peer.readLine()).toCharArray()) {
                    peer.say(String.valueOf(c));
                }
            }
        })) {
            Connection connection = connect(server);
            List<Pending<Lookup>> calls = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                calls.add(get(connection, "key-" + i, LONG));
            }

            for (int i = 0; i < 50; i++) {
                calls.get(i).await(deadline(LONG));
                assertThat(text(calls.get(i))).isEqualTo("key-" + i);
            }
        }
    }

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

    @Test
    void hundredThousandCommandsInFlightKeepTheirOrder() throws Exception {
        int depth = 100_000;
        ResourceLeakDetector.setLevel(
                ResourceLeakDetector.Level.SIMPLE); // paranoid records a stack for every byte written
        transport.close();
        transport = NettyTransport.start(CONFIG.withMaxInFlight(depth).withMaxQueuedBytes(64 << 20));
        try (ScriptedServer server = ScriptedServer.greeting(ScriptedServer.Peer::serve)) {
            Connection connection = connect(server);
            List<Pending<Lookup>> calls = new ArrayList<>(depth);
            for (int i = 0; i < depth; i++) {
                calls.add(get(connection, "k" + i, LONG));
            }

            calls.get(depth - 1).await(deadline(LONG));

            for (int i = 0; i < depth; i++) {
                if (!text(calls.get(i)).equals("k" + i)) {
                    throw new AssertionError("k" + i + " got " + text(calls.get(i)));
                }
            }
            assertThat(connection.inFlight()).isZero();
        }
    }

    @Test
    void hungServerCostsAFewTimeoutsThenNothingUntilItIsBack() throws Exception {
        CountDownLatch resume = new CountDownLatch(1);
        try (ScriptedServer server = ScriptedServer.greeting(peer -> {
            peer.say(ScriptedServer.Peer.echo(peer.readLine()));
            String first = peer.readLine();
            awaitLatch(resume);
            peer.say(ScriptedServer.Peer.echo(first));
            peer.serve();
        })) {
            Connection connection = connect(server);
            get(connection, "warm", LONG).await(deadline(LONG));

            List<Pending<Lookup>> hanging = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                hanging.add(get(connection, "h" + i, SHORT));
            }
            await().until(() -> reasonIfFailed(get(connection, "probe", SHORT)) == Reason.NOT_RESPONDING);
            assertThat(hanging).allSatisfy(call -> assertThat(failure(call)).isInstanceOf(DeadlineExceeded.class));

            resume.countDown();
            await().until(() -> {
                Pending<Lookup> call = get(connection, "again", SHORT);
                await().until(call::isSettled);
                return call.value() != null && text(call).equals("again");
            });
            assertThat(connection.closed().toCompletableFuture()).isNotDone();
        }
    }

    @Test
    void serverThatStaysSilentIsGivenUpAfterASecond() throws Exception {
        try (ScriptedServer server = ScriptedServer.greeting(ScriptedServer.Peer::keepOpen)) {
            Connection connection = connect(server);
            Pending<Lookup> call = get(connection, "a", SHORT);

            EvCacheException reason = connection.closed().toCompletableFuture().get(5, TimeUnit.SECONDS);

            assertThat(reason).hasMessageContaining("has not said anything for");
            assertThat(failure(call)).isInstanceOf(DeadlineExceeded.class);
            await().until(() -> connection.inFlight() == 0);
        }
    }

    @Test
    void serverThatDoesNotReadPushesBackWithinTheBounds() throws Exception {
        CountDownLatch read = new CountDownLatch(1);
        try (ScriptedServer server = ScriptedServer.greeting(peer -> {
            awaitLatch(read);
            while (true) {
                String set = peer.readLine();
                peer.readLine();
                peer.say("HD " + set.substring(set.lastIndexOf(' ') + 1) + "\r\n");
            }
        })) {
            Connection connection = connect(server);
            EncodedValue value = new EncodedValue("x".repeat(100_000).getBytes(StandardCharsets.US_ASCII), 0);
            List<Pending<StoreReply>> taken = new ArrayList<>();
            Pending<StoreReply> last = Pending.open();
            for (int i = 0; i < 1_000 && !last.isSettled(); i++) {
                last = connection.send(Store.set(Key.of("k" + i), value, Ttl.none()), deadline(LONG));
                taken.add(last);
            }

            assertThat(reason(last)).isEqualTo(Reason.OVERLOADED);
            assertThat(taken).hasSizeBetween(100, 170); // 16 MiB

            read.countDown();
            taken.remove(last);
            for (Pending<StoreReply> call : taken) {
                assertThat(call.await(deadline(LONG))).isEqualTo(StoreReply.STORED);
            }
            assertThat(connection.inFlight()).isZero();
        }
    }

    @Test
    void closingUnderLoadSettlesEveryCallExactlyOnce() throws Exception {
        try (ScriptedServer server = ScriptedServer.greeting(ScriptedServer.Peer::serve)) {
            for (int round = 0; round < 8; round++) {
                Connection connection = connect(server);
                AtomicInteger sent = new AtomicInteger();
                AtomicInteger told = new AtomicInteger();
                ExecutorService threads = Executors.newFixedThreadPool(4);
                List<Future<?>> running = new ArrayList<>();
                for (int i = 0; i < 4; i++) {
                    running.add(threads.submit(() -> {
                        for (int n = 0; n < 5_000; n++) {
                            sent.incrementAndGet();
                            get(connection, "k" + n, LONG).receive(settled -> told.incrementAndGet());
                        }
                    }));
                }
                await().pollInterval(Duration.ofMillis(1)).until(() -> told.get() > 500);
                connection.close();
                for (Future<?> one : running) {
                    one.get(30, TimeUnit.SECONDS);
                }
                threads.shutdown();

                await().untilAtomic(told, Matchers.is(20_000));
                assertThat(sent).hasValue(20_000);
                assertThat(connection.inFlight()).isZero();
            }
        }
    }

    @Test
    void closingTheTransportUnderLoadSettlesEverythingAndFreesTheThreads() throws Exception {
        try (ScriptedServer server = ScriptedServer.greeting(ScriptedServer.Peer::serve)) {
            Connection connection = connect(server);
            AtomicInteger told = new AtomicInteger();
            Thread sender = new Thread(() -> {
                for (int n = 0; n < 50_000; n++) {
                    get(connection, "k" + n, LONG).receive(settled -> told.incrementAndGet());
                }
            });
            sender.start();
            await().pollInterval(Duration.ofMillis(1)).until(() -> told.get() > 500);

            transport.close();
            transport.close();
            sender.join(30_000);

            await().untilAtomic(told, Matchers.is(50_000));
            assertThat(connection.inFlight()).isZero();
            await().until(() -> loopThreads() == 0);
        }
    }

    @Test
    void interruptedCallersLeaveWithoutDisturbingOthers() throws Exception {
        try (ScriptedServer server = ScriptedServer.greeting(ScriptedServer.Peer::serve)) {
            Connection connection = connect(server);
            AtomicInteger wrong = new AtomicInteger();
            List<Thread> callers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                String prefix = "t" + i + "-";
                callers.add(new Thread(() -> {
                    for (int n = 0; n < 2_000; n++) {
                        Pending<Lookup> call = get(connection, prefix + n, LONG);
                        try {
                            call.await(deadline(LONG));
                            if (!text(call).equals(prefix + n)) {
                                wrong.incrementAndGet();
                            }
                        } catch (CallInterrupted e) {
                            Thread.interrupted();
                        }
                    }
                }));
            }
            callers.forEach(Thread::start);
            for (int i = 0; i < 2_000; i++) {
                callers.get(i % 2).interrupt();
            }
            for (Thread caller : callers) {
                caller.join(30_000);
            }

            assertThat(wrong).hasValue(0);
            await().until(() -> connection.inFlight() == 0);
            assertThat(connection.closed().toCompletableFuture()).isNotDone();
        }
    }

    private Connection connect(ScriptedServer server) throws Exception {
        return transport
                .connect(new NodeAddress("127.0.0.1", server.port()), 0)
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
    }

    private Throwable refusal(int port) {
        return refusal(new NodeAddress("127.0.0.1", port));
    }

    private Throwable refusal(NodeAddress node) {
        try {
            transport.connect(node, 0).toCompletableFuture().get(10, TimeUnit.SECONDS);
            throw new AssertionError("connected");
        } catch (ExecutionException e) {
            return Objects.requireNonNull(e.getCause());
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    private static Pending<Lookup> get(Connection connection, String key, Duration timeout) {
        return connection.send(Get.of(Key.of(key)), deadline(timeout));
    }

    private static Deadline deadline(Duration timeout) {
        return Deadline.after(timeout, Ticker.system());
    }

    private static @Nullable Reason reasonIfFailed(Pending<?> call) {
        return call.failure() instanceof NodeUnavailable unavailable ? unavailable.reason() : null;
    }

    private static void awaitLatch(CountDownLatch latch) throws IOException {
        try {
            if (!latch.await(30, TimeUnit.SECONDS)) {
                throw new IOException("the test did not go on");
            }
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private static long loopThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("evcache-io"))
                .count();
    }
}
