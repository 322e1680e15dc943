package io.evcache.core.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.evcache.core.command.Get;
import io.evcache.core.command.Gets;
import io.evcache.core.command.Lookup;
import io.evcache.core.command.Pending;
import io.evcache.core.error.CodecFailure;
import io.evcache.core.error.DeadlineExceeded;
import io.evcache.core.error.NodeUnavailable;
import io.evcache.core.error.NodeUnavailable.Reason;
import io.evcache.core.key.Key;
import io.evcache.core.transport.TransportConfig;
import io.evcache.core.value.EncodedValue;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Many keys asked for as one: what is sent, and which key gets which reply. */
class BulkCallTest {
    private EmbeddedConnection server = new EmbeddedConnection(TransportConfig.defaults());

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void manyKeysLeaveOnOneLineApartFromTheirNeighbours() {
        queueSingle("x");
        queue("a", "b", "c");
        queueSingle("y");
        queueSingle("z");
        server.runLoop();

        assertThat(server.received().lines()).containsExactly("mg x v f O0", "get a b c", "get y z");
        assertThat(server.connection.inFlight()).isEqualTo(6);
    }

    @Test
    void oneKeyIsALineOfItsOwnKind() {
        Gets gets = queue("a");
        server.runLoop();

        assertThat(server.received()).isEqualTo("mg a v f O0\r\n");
        server.say("VA 1 f7 O0\r\nA\r\n");
        assertThat(texts(gets)).containsExactly("A");
        assertThat(gets.value(0)).isEqualTo(new EncodedValue(new byte[] {'A'}, 7));
    }

    @Test
    void longLineIsSeveralAndEachIsAnsweredForItself() {
        String[] keys =
                IntStream.range(10, 40).mapToObj(i -> "k".repeat(200) + i).toArray(String[]::new);
        Gets gets = queue(keys);
        server.runLoop();

        List<String> lines = server.received().lines().toList();
        assertThat(lines)
                .hasSize(2)
                .allSatisfy(line -> assertThat(line.length()).isLessThan(4_000));
        assertThat(String.join("", lines).split("k{200}", -1)).hasSize(31);
        for (String line : lines) {
            String last = line.substring(line.lastIndexOf(' ') + 1);
            assertThat(gets.isSettled()).isFalse();
            server.say("VALUE " + last + " 0 2\r\n" + last.substring(200) + "\r\nEND\r\n");
        }
        assertThat(gets.value()).isSameAs(gets);
        assertThat(IntStream.range(0, gets.size()).filter(i -> gets.value(i) != null))
                .hasSize(2)
                .allSatisfy(i -> assertThat(text(gets, i)).isEqualTo(keys[i].substring(200)));
    }

    @Test
    void valuesCanBeReadAsTheyComeAndTheRestIsMissedAtTheEnd() {
        Gets gets = queue("a", "b", "c", "d");
        server.runLoop();

        server.say("VALUE b 5 1\r\nB\r\nVALUE d 0 1\r\nD\r\n");
        assertThat(texts(gets)).containsExactly("?", "B", "?", "D");
        assertThat(gets.isSettled()).isFalse();
        server.say("END\r\n");

        assertThat(texts(gets)).containsExactly("-", "B", "-", "D");
        assertThat(gets.value()).isSameAs(gets);
        assertThat(gets.lookup(1)).isEqualTo(new Lookup.Hit(new byte[] {'B'}, 5, Lookup.Details.NONE));
        assertThat(server.connection.inFlight()).isZero();
        assertThat(server.isClosed()).isFalse();
    }

    @Test
    void endAloneMissesAllOfItsKeysAndNobodyElses() {
        Gets first = queue("a", "b");
        Gets second = queue("c", "d");
        List<Pending<Lookup>> third = List.of(queueSingle("e"), queueSingle("f"));
        server.runLoop();

        server.say("END\r\n");
        assertThat(texts(first)).containsExactly("-", "-");
        assertThat(texts(second)).containsExactly("?", "?");
        server.say("VALUE d 0 1\r\nD\r\nEND\r\nVALUE f 0 1\r\nF\r\nEND\r\n");

        assertThat(texts(second)).containsExactly("-", "D");
        assertThat(third.get(0).value()).isEqualTo(Lookup.Miss.PLAIN);
        assertThat(Outcomes.text(third.get(1))).isEqualTo("F");
    }

    @Test
    void valueOverTheLimitFailsItsKeyAndNoOther() {
        server.close();
        server = new EmbeddedConnection(TransportConfig.defaults().withMaxValueBytes(3));
        Gets gets = queue("a", "b", "c");
        List<Pending<Lookup>> singles = List.of(queueSingle("d"), queueSingle("e"));
        server.runLoop();

        server.say(
                "VALUE a 0 1\r\nA\r\nVALUE b 0 4\r\nBBBB\r\nEND\r\nVALUE d 0 4\r\nDDDD\r\nVALUE e 0 1\r\nE\r\nEND\r\n");

        assertThat(texts(gets).get(0)).isEqualTo("A");
        assertThat(gets.failure(1)).isInstanceOf(CodecFailure.class).hasMessageContaining("b a value of 4 bytes");
        assertThat(gets.lookup(2)).isEqualTo(Lookup.Miss.PLAIN);
        assertThat(gets.isSettled()).isTrue();
        assertThat(singles.get(0).failure()).isInstanceOf(CodecFailure.class);
        assertThat(Outcomes.text(singles.get(1))).isEqualTo("E");
        assertThat(server.connection.inFlight()).isZero();
        assertThat(server.isClosed()).isFalse();
    }

    @Test
    void keyThatIsAskedForTwiceIsAnsweredTwice() {
        Gets gets = queue("a", "a", "b");
        server.runLoop();

        server.say("VALUE a 0 1\r\n1\r\nVALUE a 0 1\r\n2\r\nEND\r\n");

        assertThat(texts(gets)).containsExactly("1", "2", "-");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "VALUE x 0 1\r\nX\r\n", // nobody's
                "VALUE bb 0 1\r\nX\r\n",
                "VALUE c 0 1\r\nC\r\nVALUE b 0 1\r\nB\r\n", // out of order
                "VALUE b 0 1\r\nB\r\nVALUE b 0 1\r\nB\r\n", // twice
                "VALUE c 0 1\r\nC\r\nVALUE d 0 1\r\nD\r\n", // the end is missing, and d is of the next line
                "EN O0\r\n",
                "VA 1 f0 O0\r\nA\r\n",
                "HD O0\r\n",
                "SERVER_ERROR out of memory writing get response\r\n",
                "VALUE b 0 1\r\nB\r\nEN O2\r\n",
                "END\r\nEND\r\nVALUE d 0 1\r\nD\r\n",
            })
    void replyThatCannotBePairedClosesAndNoKeyGetsTheValueOfAnother(String reply) {
        Gets first = queue("a", "b", "c");
        Gets second = queue("d", "e");
        server.runLoop();

        server.say(reply);

        assertThat(server.isClosed()).isTrue();
        assertThat(first.isSettled() && second.isSettled()).isTrue();
        assertThat(texts(first)).allSatisfy(text -> assertThat(text).isIn("A", "B", "C", "-", "NodeUnavailable"));
        assertThat(text(first, 0)).isNotIn("B", "C");
        assertThat(text(first, 1)).isNotIn("A", "C");
        assertThat(text(first, 2)).isNotIn("A", "B");
        assertThat(texts(second)).isSubsetOf("-", "NodeUnavailable");
        assertThat(server.connection.inFlight()).isZero();
    }

    @Test
    void callersLeaveWithWhatCameInTimeAndLateRepliesGoToNobody() {
        Gets gets = queue("a", "b");
        server.runLoop();
        server.say("VALUE a 0 1\r\nA\r\n");
        server.pass(Duration.ofMillis(110));

        assertThat(gets.isSettled()).isTrue();
        assertThat(texts(gets)).containsExactly("A", "DeadlineExceeded");
        assertThat(gets.failure(1)).hasMessageContaining("get a and 1 more within 100 ms");
        assertThat(server.connection.inFlight()).isEqualTo(2);

        Gets later = queue("e", "f");
        server.runLoop();
        server.say("VALUE b 0 1\r\nB\r\nEND\r\nVALUE f 0 1\r\nF\r\nEND\r\n");

        assertThat(texts(gets)).containsExactly("A", "DeadlineExceeded");
        assertThat(texts(later)).containsExactly("-", "F");
        assertThat(server.connection.inFlight()).isZero();
        assertThat(server.isClosed()).isFalse();
    }

    @Test
    void whatExpiresBeforeItIsWrittenCostsTheServerNothing() {
        Gets gets = queue("a", "b");
        server.jump(Duration.ofMillis(110));

        assertThat(server.received()).isEmpty();
        assertThat(gets.failure(1)).isInstanceOf(DeadlineExceeded.class);
        assertThat(server.connection.inFlight()).isZero();
    }

    @Test
    void closingKeepsWhatCameAndFailsTheRest() {
        Gets gets = queue("a", "b", "c");
        Gets unanswered = queue("d", "e");
        server.runLoop();

        server.say("VALUE b 0 1\r\nB\r\n");
        server.hangUp();

        assertThat(texts(gets)).containsExactly("NodeUnavailable", "B", "NodeUnavailable");
        assertThat(((NodeUnavailable) Objects.requireNonNull(gets.failure(0))).reason())
                .isEqualTo(Reason.CONNECTION_LOST);
        assertThat(texts(unanswered)).containsOnly("NodeUnavailable");
        assertThat(server.connection.inFlight()).isZero();
    }

    @Test
    void emptyValueIsAskedForAloneBecauseItMayBeAnOpenLease() {
        Gets gets = queue("a", "b", "c", "d");
        server.runLoop();
        server.received();

        server.say("VALUE a 0 0\r\n\r\nVALUE b 0 1\r\nB\r\nVALUE c 0 0\r\n\r\nEND\r\n");
        assertThat(texts(gets)).containsExactly("?", "B", "?", "-");
        assertThat(gets.isSettled()).isFalse();
        assertThat(server.received().lines()).containsExactly("mg a v f O1", "mg c v f O2");
        server.say("VA 0 f0 O1 Z\r\n\r\nVA 0 f0 O2\r\n\r\n");

        assertThat(texts(gets)).containsExactly("-", "B", "", "-");
        assertThat(gets.isSettled()).isTrue();
        assertThat(server.connection.inFlight()).isZero();
        assertThat(server.isClosed()).isFalse();
    }

    @Test
    void emptyValueThatNobodyWaitsForIsNotAskedForAgain() {
        queue("a", "b");
        server.runLoop();
        server.received();

        server.pass(Duration.ofMillis(110));
        server.say("VALUE a 0 0\r\n\r\nVALUE b 0 0\r\n\r\nEND\r\n");

        assertThat(server.received()).isEmpty();
        assertThat(server.connection.inFlight()).isZero();
    }

    @Test
    void everyKeyCountsInTheBoundAndGivesItsRoomBack() {
        restart(TransportConfig.defaults().withMaxInFlight(10));
        Gets first = queue("a", "b", "c", "d");
        Gets second = queue("e", "f", "g", "h");
        Gets refused = queue("i", "j", "k", "l");

        assertThat(server.connection.inFlight()).isEqualTo(8);
        assertThat(texts(refused)).containsOnly("NodeUnavailable");
        assertThat(((NodeUnavailable) Objects.requireNonNull(refused.failure(0))).reason())
                .isEqualTo(Reason.OVERLOADED);
        server.runLoop();
        assertThat(server.received()).isEqualTo("get a b c d\r\nget e f g h\r\n");
        server.say("END\r\nEND\r\n");
        assertThat(first.isSettled() && second.isSettled()).isTrue();
        assertThat(server.connection.inFlight()).isZero();
        assertThat(queue("m", "n").isSettled()).isFalse();
    }

    @Test
    void oneThatIsTooLargeForTheBoundsIsSeveral() {
        restart(TransportConfig.defaults().withMaxInFlight(8));

        Gets gets = queue("a", "b", "c", "d", "e", "f", "g");
        server.runLoop();

        assertThat(server.received()).isEqualTo("get a b c d\r\nget e f g\r\n");
        server.say("VALUE d 0 1\r\nD\r\nEND\r\n");
        assertThat(gets.isSettled()).isFalse();
        server.say("VALUE e 0 1\r\nE\r\nEND\r\n");
        assertThat(texts(gets)).containsExactly("-", "-", "-", "D", "E", "-", "-");
        assertThat(gets.isSettled()).isTrue();
    }

    @Test
    void manyThousandKeysAreSeveralCallsAndStillOneAnswer() {
        String[] keys = IntStream.range(0, 5_000).mapToObj(i -> "key" + i).toArray(String[]::new);
        Gets gets = queue(keys);
        server.runLoop();

        StringBuilder replies = new StringBuilder();
        for (String line : server.received().lines().toList()) {
            for (String key : line.substring(4).split(" ", -1)) {
                replies.append("VALUE ")
                        .append(key)
                        .append(" 0 ")
                        .append(key.length())
                        .append("\r\n")
                        .append(key)
                        .append("\r\n");
            }
            replies.append("END\r\n");
        }
        server.say(replies.toString());

        assertThat(texts(gets)).containsExactly(keys);
        assertThat(server.connection.inFlight()).isZero();
    }

    @Test
    void silentServerIsNotAskedForManyEither() {
        queue("a", "b", "c");
        server.runLoop();
        server.pass(Duration.ofMillis(200));

        Gets gets = queue("d", "e");

        assertThat(((NodeUnavailable) Objects.requireNonNull(gets.failure(0))).reason())
                .isEqualTo(Reason.NOT_RESPONDING);
        assertThat(gets.isSettled()).isTrue();
    }

    private void restart(TransportConfig config) {
        server.close();
        server = new EmbeddedConnection(config);
    }

    private Gets queue(String... keys) {
        Gets gets = new Gets(Arrays.stream(keys).map(Key::of).toArray(Key[]::new));
        server.connection.sendAll(gets.all(), server.in(Duration.ofMillis(100)));
        return gets;
    }

    private Pending<Lookup> queueSingle(String key) {
        return server.queue(new Get(Key.of(key), Get.Wants.PLAIN), Duration.ofMillis(100));
    }

    private static List<String> texts(Gets gets) {
        return IntStream.range(0, gets.size()).mapToObj(i -> text(gets, i)).toList();
    }

    /** The value; {@code -} for a miss, {@code ?} while open, or what kind of failure there was. */
    private static String text(Gets gets, int index) {
        EncodedValue value = gets.value(index);
        if (value != null) {
            return new String(value.bytes(), StandardCharsets.ISO_8859_1);
        }
        if (gets.failure(index) != null) {
            return Objects.requireNonNull(gets.failure(index)).getClass().getSimpleName();
        }
        return gets.isAnswered(index) ? "-" : "?";
    }
}
