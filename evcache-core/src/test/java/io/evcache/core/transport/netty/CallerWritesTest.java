package io.evcache.core.transport.netty;

import static io.evcache.core.transport.netty.Outcomes.failure;
import static io.evcache.core.transport.netty.Outcomes.reason;
import static io.evcache.core.transport.netty.Outcomes.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.evcache.core.command.Get;
import io.evcache.core.command.Gets;
import io.evcache.core.command.Lookup;
import io.evcache.core.command.Pending;
import io.evcache.core.command.Store;
import io.evcache.core.command.StoreReply;
import io.evcache.core.error.DeadlineExceeded;
import io.evcache.core.error.NodeUnavailable.Reason;
import io.evcache.core.key.Key;
import io.evcache.core.transport.TransportConfig;
import io.evcache.core.value.EncodedValue;
import io.evcache.core.value.Ttl;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What callers write themselves, and what is left to the loop. */
class CallerWritesTest {
    private final FakeSocket socket = new FakeSocket();
    private final EmbeddedConnection server = new EmbeddedConnection(TransportConfig.defaults(), () -> 0, socket);
    private int opaque;

    @BeforeEach
    void oneAtATimeForAWhile() {
        for (int i = 0; i < CallerWrites.QUIET_AFTER; i++) {
            answerByTheLoop();
        }
    }

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void onlyCommandIsWrittenByItsCallerAndAnsweredByTheLoop() {
        Pending<Lookup> first = queue("a");
        assertThat(socket.written()).isEqualTo("mg a v f O16\r\n");
        server.say("VA 1 f0 O16\r\nA\r\n");
        Pending<Lookup> second = queue("b");
        assertThat(socket.written()).isEqualTo("mg b v f O17\r\n");
        server.say("EN O17\r\n");

        assertThat(text(first)).isEqualTo("A");
        assertThat(second.value()).isEqualTo(Lookup.Miss.PLAIN);
        assertThat(server.received()).isEmpty();
        assertThat(server.connection.inFlight()).isZero();
    }

    @Test
    void manyGetsAtOnceAreWrittenByTheirCallerAsOne() {
        Gets gets = new Gets(new Key[] {Key.of("a"), Key.of("b"), Key.of("c")});
        server.connection.sendAll(gets.all(), server.in(Duration.ofMillis(100)));
        assertThat(socket.written()).isEqualTo("get a b c\r\n");
        server.say("VALUE b 0 1\r\nB\r\nEND\r\n");

        assertThat(gets.isSettled()).isTrue();
        assertThat(gets.value(1)).isEqualTo(new EncodedValue(new byte[] {'B'}, 0));
        assertThat(server.connection.inFlight()).isZero();
        queue("d");
        assertThat(socket.written()).isEqualTo("mg d v f O17\r\n");
    }

    @Test
    void commandsBehindItGatherForTheLoop() {
        Pending<Lookup> first = queue("a");
        Pending<Lookup> second = queue("b");
        Pending<Lookup> third = queue("c");
        server.runLoop();

        assertThat(socket.written()).isEqualTo("mg a v f O16\r\n");
        assertThat(server.received()).isEqualTo("mg b v f O17\r\nmg c v f O18\r\n");
        server.say("VA 1 f0 O16\r\nA\r\nVA 1 f0 O17\r\nB\r\nVA 1 f0 O18\r\nC\r\n");
        assertThat(text(first) + text(second) + text(third)).isEqualTo("ABC");
    }

    @Test
    void loopThatIsTurnedAwayWritesAfterTheCaller() {
        Pending<Lookup> second = duringTheNextWrite(() -> {
            Pending<Lookup> behind = queue("b");
            server.runLoop();
            assertThat(server.received()).isEmpty();
            return behind;
        });
        server.runLoop();

        assertThat(server.received()).isEqualTo("mg b v f O17\r\n");
        server.say("EN O16\r\nVA 1 f0 O17\r\nB\r\n");
        assertThat(text(second)).isEqualTo("B");
    }

    @Test
    void whatTheKernelDoesNotTakeIsWrittenByTheLoopBeforeAnythingElse() {
        socket.room = 4;
        Pending<Lookup> first = queue("a");
        Pending<Lookup> second = queue("b");
        server.runLoop();

        assertThat(socket.written()).isEqualTo("mg a");
        assertThat(server.received()).isEqualTo(" v f O16\r\nmg b v f O17\r\n");
        server.say("EN O16\r\nVA 1 f0 O17\r\nB\r\n");
        assertThat(first.value()).isEqualTo(Lookup.Miss.PLAIN);
        assertThat(text(second)).isEqualTo("B");
        socket.room = Integer.MAX_VALUE;
        opaque += 2;
        oneAtATimeForAWhile();
        queue("c");
        assertThat(socket.written()).startsWith("mg c ");
    }

    @Test
    void callersLeaveItToTheLoopForAWhileAfterSeveralWereInFlight() {
        queue("a");
        queue("b");
        server.runLoop();
        server.say("EN O16\r\nEN O17\r\n");
        server.received();
        socket.written();
        opaque += 2;

        for (int i = 0; i < CallerWrites.QUIET_AFTER; i++) {
            answerByTheLoop();
        }
        queue("c");

        assertThat(socket.written()).startsWith("mg c ");
    }

    @Test
    void largeCommandIsLeftToTheLoop() {
        Pending<StoreReply> stored = server.queue(
                Store.set(Key.of("a"), new EncodedValue(new byte[4_096], 0), Ttl.none()), Duration.ofMillis(100));
        server.runLoop();

        assertThat(socket.written()).isEmpty();
        assertThat(server.received()).hasSizeGreaterThan(4_096);
        server.say("HD O16\r\n");
        assertThat(stored.value()).isEqualTo(StoreReply.STORED);
    }

    @Test
    void callerThatDoesNotWaitIsExpiredByTheSweep() {
        Pending<Lookup> call = queue("a");
        server.runLoop();

        server.pass(Duration.ofMillis(110));

        assertThat(failure(call)).isInstanceOf(DeadlineExceeded.class);
        server.say("VA 1 f0 O16\r\nA\r\n");
        assertThat(server.connection.inFlight()).isZero();
    }

    @Test
    void failedWriteClosesTheConnection() {
        socket.broken = true;
        Pending<Lookup> call = queue("a");
        server.runLoop();

        assertThat(reason(call)).isEqualTo(Reason.CONNECTION_LOST);
        assertThat(server.isClosed()).isTrue();
        assertThat(server.connection.inFlight()).isZero();
    }

    @Test
    void nobodyWritesToAClosedConnection() {
        server.hangUp();
        socket.written();

        Pending<Lookup> call = queue("a");
        server.runLoop();

        assertThat(socket.written()).isEmpty();
        assertThat(reason(call)).isEqualTo(Reason.NOT_CONNECTED);
        assertThat(server.connection.inFlight()).isZero();
    }

    private void answerByTheLoop() {
        Pending<Lookup> call = queue("quiet");
        assertThat(socket.written()).isEmpty();
        server.runLoop();
        assertThat(server.received()).isNotEmpty();
        server.say("EN O" + opaque++ + "\r\n");
        assertThat(call.value()).isEqualTo(Lookup.Miss.PLAIN);
    }

    private Pending<Lookup> queue(String key) {
        return server.queue(Get.of(Key.of(key)), Duration.ofMillis(100));
    }

    /** Has a caller write, and runs the action while it does. */
    private <T> T duringTheNextWrite(Supplier<T> action) {
        AtomicReference<T> result = new AtomicReference<>();
        socket.during = () -> result.set(action.get());
        queue("a");
        return Objects.requireNonNull(result.get());
    }

    private static final class FakeSocket extends RecordingSocket {
        private int room = Integer.MAX_VALUE;
        private boolean broken;
        private Runnable during = () -> {};

        @Override
        int room(int length) throws IOException {
            Runnable action = during;
            during = () -> {};
            action.run();
            if (broken) {
                throw new IOException("connection reset");
            }
            return Math.min(room, length);
        }
    }
}
