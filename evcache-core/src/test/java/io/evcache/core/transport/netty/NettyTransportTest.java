package io.evcache.core.transport.netty;

import static io.evcache.core.transport.netty.Outcomes.failure;
import static io.evcache.core.transport.netty.Outcomes.reason;
import static io.evcache.core.transport.netty.Outcomes.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.evcache.core.command.Lookup;
import io.evcache.core.command.Pending;
import io.evcache.core.command.Store;
import io.evcache.core.command.StoreReply;
import io.evcache.core.error.NodeUnavailable;
import io.evcache.core.error.NodeUnavailable.Reason;
import io.evcache.core.key.Key;
import io.evcache.core.transport.Connection;
import io.evcache.core.value.EncodedValue;
import io.evcache.core.value.Ttl;
import io.netty.util.ResourceLeakDetector;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real sockets, and a server that does what servers must not do. */
class NettyTransportTest extends TransportOnSockets {
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
}
