package io.evcache.core.transport.netty;

import static io.evcache.core.transport.netty.Outcomes.failure;
import static io.evcache.core.transport.netty.Outcomes.reason;
import static io.evcache.core.transport.netty.Outcomes.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.evcache.core.command.Arithmetic;
import io.evcache.core.command.Arithmetic.Direction;
import io.evcache.core.command.CountReply;
import io.evcache.core.command.Delete;
import io.evcache.core.command.DeleteReply;
import io.evcache.core.command.Get;
import io.evcache.core.command.Lookup;
import io.evcache.core.command.Pending;
import io.evcache.core.command.Store;
import io.evcache.core.command.StoreReply;
import io.evcache.core.command.Touch;
import io.evcache.core.command.TouchReply;
import io.evcache.core.error.NodeUnavailable;
import io.evcache.core.error.NodeUnavailable.Reason;
import io.evcache.core.error.ServerError;
import io.evcache.core.key.Key;
import io.evcache.core.transport.TransportConfig;
import io.evcache.core.value.EncodedValue;
import io.evcache.core.value.Ttl;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules of one connection, decided without sockets, threads or waiting. */
class NettyConnectionTest {
    private static final Key KEY = Key.of("k");
    private static final Duration TIMEOUT = Duration.ofMillis(100);
    private static final TransportConfig CONFIG = TransportConfig.defaults();

    private EmbeddedConnection server = new EmbeddedConnection(CONFIG);

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void repliesGoToTheirCommandsInOrder() {
        Pending<Lookup> first = server.get("a");
        Pending<Lookup> second = server.get("b");
        Pending<StoreReply> third = server.send(Store.set(KEY, value("x"), Ttl.none()));

        server.say("VA 1 f0 O0\r\nA\r\nEN O1\r\nHD O2\r\n");

        assertThat(text(first)).isEqualTo("A");
        assertThat(second.value()).isEqualTo(Lookup.Miss.PLAIN);
        assertThat(third.value()).isEqualTo(StoreReply.STORED);
        assertThat(server.connection.inFlight()).isZero();
        assertThat(server.isClosed()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "VA 1 f0 O1\r\nB\r\n", // the other's reply
                "VA 1 f0 O7\r\nB\r\n", // nobody's
                "VA 1 f0\r\nB\r\n", // without a token
                "EN\r\n",
                "HD O0\r\n", // not an answer to a get
                "NS O0\r\n",
                "VA 1073741825 f0 O0\r\n",
                "ERROR\r\n",
                "CLIENT_ERROR bad command line format\r\n",
                "CLIENT_ERROR cannot increment or decrement non-numeric value\r\n", // nobody counts here
                "rubbish\r\n",
            })
    void replyThatCannotBePairedFailsEverythingAndCloses(String reply) {
        Pending<Lookup> first = server.get("a");
        Pending<Lookup> second = server.get("b");

        server.say(reply);
        server.say("VA 1 f0 O0\r\nA\r\nVA 1 f0 O1\r\nB\r\n");

        assertThat(server.isClosed()).isTrue();
        assertThat(List.of(first, second)).allSatisfy(call -> {
            assertThat(reason(call)).isEqualTo(Reason.CONNECTION_LOST);
            assertThat(failure(call).mayHaveBeenApplied()).isTrue();
        });
        assertThat(server.connection.inFlight()).isZero();
    }

    @Test
    void duplicateReplyClosesBeforeTheNextCallerSeesIt() {
        Pending<Lookup> first = server.get("a");
        Pending<Lookup> second = server.get("b");

        server.say("VA 1 f0 O0\r\nA\r\nVA 1 f0 O0\r\nA\r\n");

        assertThat(text(first)).isEqualTo("A");
        assertThat(reason(second)).isEqualTo(Reason.CONNECTION_LOST);
        assertThat(server.isClosed()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"EN O0\r\n", "SERVER_ERROR going down\r\n", "HD\r\n"})
    void replyThatNobodyAskedForCloses(String reply) {
        server.say(reply);

        assertThat(server.isClosed()).isTrue();
        assertThat(reason(server.get("a"))).isEqualTo(Reason.NOT_CONNECTED);
    }

    @Test
    void serverErrorFailsItsCommandAndTheConnectionStaysInStep() {
        Pending<StoreReply> first = server.send(Store.set(KEY, value("x"), Ttl.none()));
        Pending<Lookup> second = server.get("b");

        server.say("SERVER_ERROR object too large for cache\r\nVA 1 f0 O1\r\nB\r\n");

        assertThat(first.failure()).isInstanceOf(ServerError.class).hasMessageContaining("object too large");
        assertThat(text(second)).isEqualTo("B");
        assertThat(server.isClosed()).isFalse();
    }

    @Test
    void countingSomethingElseThanANumberFailsAloneAndTheConnectionStaysInStep() {
        Pending<CountReply> first =
                server.send(new Arithmetic(KEY, Direction.INCREMENT, 1, OptionalLong.empty(), Ttl.none()));
        Pending<Lookup> second = server.get("b");

        server.say("CLIENT_ERROR cannot increment or decrement non-numeric value\r\nVA 1 f0 O1\r\nB\r\n");

        assertThat(first.failure()).isInstanceOf(ServerError.class).hasMessageContaining("non-numeric");
        assertThat(text(second)).isEqualTo("B");
        assertThat(server.isClosed()).isFalse();
    }

    @Test
    void everyCommandAcceptsItsOwnRefusals() {
        Pending<StoreReply> store = server.send(new Store(KEY, value("x"), Ttl.none(), Store.Mode.SET, 5, 0));
        Pending<DeleteReply> delete = server.send(new Delete(KEY, 5, 0));
        Pending<TouchReply> touch = server.send(new Touch(KEY, Ttl.none()));
        Pending<CountReply> count =
                server.send(new Arithmetic(KEY, Direction.DECREMENT, 1, OptionalLong.empty(), Ttl.none()));
        Pending<StoreReply> add = server.send(Store.add(KEY, value("x"), Ttl.none()));

        server.say("EX O0\r\nNF O1\r\nEN O2\r\nNF O3\r\nNS O4\r\n");

        assertThat(store.value()).isEqualTo(StoreReply.EXISTS);
        assertThat(delete.value()).isEqualTo(DeleteReply.NOT_FOUND);
        assertThat(touch.value()).isEqualTo(TouchReply.NOT_FOUND);
        assertThat(count.value()).isEqualTo(CountReply.NOT_FOUND);
        assertThat(add.value()).isEqualTo(StoreReply.NOT_STORED);
    }

    @Test
    void failureToEncodeClosesAndSettlesEverything() {
        // The call that could not be encoded was in no queue any more and never settled, and those encoded before it
        // waited for replies to bytes
        // that never left.
        server.close();
        server = new EmbeddedConnection(CONFIG, () -> {
            throw new IllegalStateException("no clock");
        });
        Pending<Lookup> before = server.queue(Get.of(KEY), TIMEOUT);
        Pending<StoreReply> broken = server.queue(Store.set(KEY, value("x"), Ttl.ofSeconds(9_999_999)), TIMEOUT);
        Pending<Lookup> after = server.queue(Get.of(KEY), TIMEOUT);
        server.runLoop();

        assertThat(server.isClosed()).isTrue();
        assertThat(List.of(before, broken, after))
                .allSatisfy(call -> assertThat(call.failure())
                        .isInstanceOf(NodeUnavailable.class)
                        .hasMessageContaining("no clock"));
        assertThat(server.connection.inFlight()).isZero();
    }

    @Test
    void closingFailsEverythingOnceAndSaysWhatMayHaveBeenApplied() {
        Pending<Lookup> sent = server.get("a");
        Pending<Lookup> queued = server.queue(Get.of(KEY), TIMEOUT);
        AtomicInteger told = new AtomicInteger();
        sent.receive(settled -> told.incrementAndGet());
        queued.receive(settled -> told.incrementAndGet());

        server.connection.close();
        server.connection.close();
        server.runLoop();

        assertThat(told).hasValue(2);
        assertThat(failure(sent).mayHaveBeenApplied()).isTrue();
        assertThat(failure(queued).mayHaveBeenApplied()).isFalse();
        assertThat(server.connection.inFlight()).isZero();
    }

    /** Over TLS, sets whose callers had been told that the connection was lost left for another half a second, perhaps after what was written over the next one. */
    @Test
    void givenUpConnectionIsClosedBeforeAnythingElseLeaves() {
        server.closeLater();
        Pending<StoreReply> call = server.send(Store.set(KEY, value("x"), Ttl.none()));

        server.say("rubbish\r\n");

        assertThat(reason(call)).isEqualTo(Reason.CONNECTION_LOST);
        assertThat(server.isChannelOpen()).isFalse();
    }

    @Test
    void serverThatHangsUpInTheMiddleOfAValueGivesNoValue() {
        Pending<Lookup> call = server.get("a");
        server.say("VA 10 f0 O0\r\nshort");

        server.hangUp();

        assertThat(reason(call)).isEqualTo(Reason.CONNECTION_LOST);
        assertThat(server.isClosed()).isTrue();
    }

    @Test
    void manyRepliesOfOneReadAreToldInTheirOrder() {
        List<Pending<? extends StoreReply>> told = new ArrayList<>();
        List<Pending<StoreReply>> sent = new ArrayList<>();
        StringBuilder replies = new StringBuilder();
        for (int i = 0; i < 1_000; i++) {
            Pending<StoreReply> call = server.send(Store.set(KEY, value("x"), Ttl.none()));
            call.receive(told::add);
            sent.add(call);
            replies.append(i % 7 == 0 ? "NS" : "HD").append(" O").append(i).append("\r\n");
        }

        server.say(replies.toString());

        assertThat(told).isEqualTo(sent);
        assertThat(told.get(994).value()).isEqualTo(StoreReply.NOT_STORED);
        assertThat(told.get(995).value()).isEqualTo(StoreReply.STORED);
        assertThat(server.connection.inFlight()).isZero();
    }

    @Test
    void answersThatCameWithTheOneWhoseReceiverClosesStand() {
        Pending<Lookup> first = server.get("a");
        Pending<Lookup> second = server.get("b");
        first.receive(settled -> server.connection.close());

        server.say("EN O0\r\nVA 1 f0 O1\r\nB\r\n");

        assertThat(first.value()).isEqualTo(Lookup.Miss.PLAIN);
        assertThat(text(second)).isEqualTo("B");
    }

    @Test
    void receiverThatClosesTheConnectionSettlesTheRestOnce() {
        Pending<Lookup> first = server.get("a");
        Pending<Lookup> second = server.get("b");
        first.receive(settled -> server.connection.close());

        server.say("EN O0\r\n");

        assertThat(first.value()).isEqualTo(Lookup.Miss.PLAIN);
        assertThat(reason(second)).isEqualTo(Reason.CONNECTION_LOST);
        assertThat(server.connection.inFlight()).isZero();
    }

    @Test
    void receiverThatSendsAgainIsServed() {
        List<Pending<Lookup>> again = new ArrayList<>();
        server.get("a").receive(settled -> again.add(server.queue(Get.of(KEY), TIMEOUT)));

        server.say("EN O0\r\n");
        server.say("EN O1\r\n");

        assertThat(again)
                .singleElement()
                .satisfies(call -> assertThat(call.value()).isEqualTo(Lookup.Miss.PLAIN));
    }

    private static EncodedValue value(String text) {
        return new EncodedValue(text.getBytes(StandardCharsets.ISO_8859_1), 0);
    }
}
