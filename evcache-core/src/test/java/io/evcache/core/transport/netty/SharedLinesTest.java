package io.evcache.core.transport.netty;

import static io.evcache.core.transport.netty.Outcomes.failure;
import static io.evcache.core.transport.netty.Outcomes.reason;
import static io.evcache.core.transport.netty.Outcomes.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.evcache.core.command.Get;
import io.evcache.core.command.Lookup;
import io.evcache.core.command.Pending;
import io.evcache.core.error.DeadlineExceeded;
import io.evcache.core.error.NodeUnavailable.Reason;
import io.evcache.core.key.Key;
import io.evcache.core.transport.TransportConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Plain gets that share a line: what is sent, and who gets which reply. */
class SharedLinesTest {
    private final EmbeddedConnection server = new EmbeddedConnection(TransportConfig.defaults());

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void neighbouringPlainGetsShareALine() {
        queue("a", "b", "c");
        server.runLoop();

        assertThat(server.received()).isEqualTo("get a b c\r\n");
    }

    @Test
    void getThatWantsMoreOrIsAloneHasItsOwnLine() {
        queue("a");
        queueMarked("b");
        queue("c", "d");
        queueMarked("e");
        server.runLoop();

        assertThat(server.received().lines()).containsExactly("mg a v f O0", "mg b v f O1", "get c d", "mg e v f O4");
    }

    @Test
    void linesStayShortEnoughForTheServersFastPath() {
        List<Pending<Lookup>> calls = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            calls.addAll(queue("k".repeat(200) + i));
        }
        server.runLoop();

        String[] lines = server.received().split("\r\n", -1);
        assertThat(lines).hasSize(5); // the last is what follows the last line feed
        assertThat(Arrays.asList(lines))
                .allSatisfy(line -> assertThat(line.length()).isLessThan(2_048));
        assertThat(String.join("", lines).split("k{200}", -1)).hasSize(31);
        assertThat(calls).noneMatch(Pending::isSettled);
    }

    @Test
    void valuesGoToTheirKeysAndTheRestIsMissedAtTheEnd() {
        List<Pending<Lookup>> calls = queue("a", "b", "c", "d");
        Pending<Lookup> after = queueMarked("e");
        server.runLoop();

        server.say("VALUE b 0 1\r\nB\r\nVALUE d 7 1\r\nD\r\n");
        assertThat(text(calls.get(1))).isEqualTo("B");
        assertThat(text(calls.get(3))).isEqualTo("D");
        assertThat(List.of(calls.get(0), calls.get(2))).noneMatch(Pending::isSettled);
        server.say("END\r\nVA 1 f0 O4\r\nE\r\n");

        assertThat(calls.get(0).value()).isEqualTo(Lookup.Miss.PLAIN);
        assertThat(calls.get(2).value()).isEqualTo(Lookup.Miss.PLAIN);
        assertThat(text(after)).isEqualTo("E");
        assertThat(server.connection.inFlight()).isZero();
        assertThat(server.isClosed()).isFalse();
    }

    @Test
    void endAloneMissesEverythingOfItsLineAndNothingElse() {
        List<Pending<Lookup>> first = queue("a", "b");
        server.runLoop();
        List<Pending<Lookup>> second = queue("c", "d");
        server.runLoop();

        server.say("END\r\n");

        assertThat(first).allSatisfy(call -> assertThat(call.value()).isEqualTo(Lookup.Miss.PLAIN));
        assertThat(second).noneMatch(Pending::isSettled);
    }

    @Test
    void keyThatIsAskedForTwiceIsAnsweredTwice() {
        List<Pending<Lookup>> calls = queue("a", "a");
        server.runLoop();

        server.say("VALUE a 0 1\r\n1\r\nVALUE a 0 1\r\n2\r\nEND\r\n");

        assertThat(calls).extracting(Outcomes::text).containsExactly("1", "2");
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
                "SERVER_ERROR out of memory writing get response\r\n",
                "VALUE b 0 1\r\nB\r\nEN O2\r\n",
                "END\r\nEND\r\nVALUE d 0 1\r\nD\r\n",
            })
    void replyThatCannotBePairedCloses(String reply) {
        List<Pending<Lookup>> calls = queue("a", "b", "c");
        server.runLoop();
        calls.addAll(queue("d", "e"));
        server.runLoop();

        server.say(reply);

        assertThat(server.isClosed()).isTrue();
        assertThat(calls).allMatch(Pending::isSettled);
        assertThat(calls)
                .filteredOn(call -> call.value() instanceof Lookup.Hit)
                .allSatisfy(
                        call -> assertThat(text(call)).isEqualTo(String.valueOf((char) ('A' + calls.indexOf(call)))));
        assertThat(server.connection.inFlight()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"END\r\n", "VALUE a 0 1\r\nA\r\n"})
    void replyOfASharedLineToAnotherRequestCloses(String reply) {
        Pending<Lookup> call = queueMarked("a");
        server.runLoop();

        server.say(reply);

        assertThat(server.isClosed()).isTrue();
        assertThat(reason(call)).isEqualTo(Reason.CONNECTION_LOST);
    }

    @Test
    void expiredCallersKeepTheirPlaceInTheLine() {
        List<Pending<Lookup>> calls = queue("a", "b", "c");
        server.runLoop();

        server.say("VALUE b 0 1\r\nB\r\n");
        server.pass(Duration.ofMillis(110));
        assertThat(failure(calls.get(0))).isInstanceOf(DeadlineExceeded.class);
        assertThat(failure(calls.get(2))).isInstanceOf(DeadlineExceeded.class);
        assertThat(server.connection.inFlight()).isEqualTo(2);
        List<Pending<Lookup>> later = queue("d", "e");
        server.runLoop();
        server.say("VALUE c 0 1\r\nC\r\nEND\r\nVALUE d 0 1\r\nD\r\nEND\r\n");

        assertThat(text(later.get(0))).isEqualTo("D");
        assertThat(later.get(1).value()).isEqualTo(Lookup.Miss.PLAIN);
        assertThat(server.connection.inFlight()).isZero();
    }

    @Test
    void closingFailsAlsoThoseThatWerePassedOver() {
        List<Pending<Lookup>> calls = queue("a", "b", "c");
        server.runLoop();

        server.say("VALUE b 0 1\r\nB\r\n");
        server.hangUp();

        assertThat(List.of(calls.get(0), calls.get(2)))
                .allSatisfy(call -> assertThat(reason(call)).isEqualTo(Reason.CONNECTION_LOST));
        assertThat(server.connection.inFlight()).isZero();
    }

    @Test
    void emptyValueIsAskedForAloneBecauseItMayBeAnOpenLease() {
        List<Pending<Lookup>> calls = queue("a", "b", "c");
        server.runLoop();
        server.received();

        server.say("VALUE a 0 0\r\n\r\nVALUE b 0 1\r\nB\r\nVALUE c 0 0\r\n\r\nEND\r\n");
        assertThat(calls).extracting(Pending::isSettled).containsExactly(false, true, false);
        assertThat(server.received().lines()).containsExactly("mg a v f O3", "mg c v f O4");
        server.say("VA 0 f0 O3 Z\r\n\r\nVA 0 f0 O4\r\n\r\n");

        assertThat(calls.get(0).value()).isInstanceOf(Lookup.Miss.class);
        assertThat(text(calls.get(2))).isEmpty();
        assertThat(server.connection.inFlight()).isZero();
        assertThat(server.isClosed()).isFalse();
    }

    @Test
    void emptyValueThatNobodyWaitsForIsNotAskedForAgain() {
        List<Pending<Lookup>> calls = queue("a", "b");
        server.runLoop();
        server.received();

        server.pass(Duration.ofMillis(110));
        server.say("VALUE a 0 0\r\n\r\nVALUE b 0 0\r\n\r\nEND\r\n");

        assertThat(calls).allSatisfy(call -> assertThat(failure(call)).isInstanceOf(DeadlineExceeded.class));
        assertThat(server.received()).isEmpty();
        assertThat(server.connection.inFlight()).isZero();
    }

    private List<Pending<Lookup>> queue(String... keys) {
        List<Pending<Lookup>> calls = new ArrayList<>();
        for (String key : keys) {
            calls.add(server.queue(new Get(Key.of(key), Get.Wants.PLAIN), Duration.ofMillis(100)));
        }
        return calls;
    }

    private Pending<Lookup> queueMarked(String key) {
        return server.queue(Get.of(Key.of(key)), Duration.ofMillis(100));
    }
}
