package io.evcache.core.transport.netty;

import static io.evcache.core.transport.netty.Outcomes.failure;
import static io.evcache.core.transport.netty.Outcomes.reason;
import static io.evcache.core.transport.netty.Outcomes.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

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
import io.evcache.core.transport.Connection;
import io.evcache.core.value.EncodedValue;
import io.evcache.core.value.Ttl;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.hamcrest.Matchers;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Servers that hang, callers that leave and connections that are closed while there is much to do. */
class NettyUnderStressTest extends TransportOnSockets {
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
}
