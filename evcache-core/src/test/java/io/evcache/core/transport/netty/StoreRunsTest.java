package io.evcache.core.transport.netty;

import static io.evcache.core.transport.netty.Outcomes.failure;
import static io.evcache.core.transport.netty.Outcomes.reason;
import static io.evcache.core.transport.netty.Outcomes.text;
import static io.evcache.core.transport.netty.Outcomes.value;
import static org.assertj.core.api.Assertions.assertThat;

import io.evcache.core.command.Delete;
import io.evcache.core.command.Get;
import io.evcache.core.command.Lookup;
import io.evcache.core.command.Pending;
import io.evcache.core.command.Store;
import io.evcache.core.command.Store.Mode;
import io.evcache.core.command.Store.Terms;
import io.evcache.core.command.StoreReply;
import io.evcache.core.error.DeadlineExceeded;
import io.evcache.core.error.EvCacheException;
import io.evcache.core.error.NodeUnavailable.Reason;
import io.evcache.core.error.ServerError;
import io.evcache.core.key.Key;
import io.evcache.core.transport.TransportConfig;
import io.evcache.core.value.EncodedValue;
import io.evcache.core.value.Ttl;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Plain sets that leave as a run: what is sent, and who is told what. */
class StoreRunsTest {
    private static final Duration TIMEOUT = Duration.ofMillis(100);
    private static final String REFUSAL = "SERVER_ERROR out of memory storing object\r\n";

    private final EmbeddedConnection server = new EmbeddedConnection(TransportConfig.defaults());

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void neighbouringSetsAreQuietAndANoopEndsThem() {
        queue("a", "b", "c");
        server.runLoop();

        assertThat(server.received())
                .isEqualTo("ms a 1 T0 F0 q\r\nA\r\nms b 1 T0 F0 q\r\nB\r\nms c 1 T0 F0 q\r\nC\r\nmn\r\n");
    }

    @Test
    void setThatIsAloneOrHasOtherOutcomesIsAnsweredByItself() {
        queue("a");
        Pending<?> delete = server.queue(Delete.of(Key.of("b")), TIMEOUT);
        queue(Terms.ADD, "c");
        queue("d", "e");
        queue(new Terms(Mode.SET, 7, 0), "f");
        server.runLoop();

        assertThat(server.received().lines())
                .containsExactly(
                        "ms a 1 T0 F0 O0",
                        "A",
                        "md b O1",
                        "ms c 1 T0 F0 ME O2",
                        "C",
                        "ms d 1 T0 F0 q",
                        "D",
                        "ms e 1 T0 F0 q",
                        "E",
                        "mn",
                        "ms f 1 T0 F0 C7 O5",
                        "F");
        assertThat(delete.isSettled()).isFalse();
    }

    @Test
    void largeValueIsAnsweredByItself() {
        queue("a", "b");
        Pending<StoreReply> large = server.queue(
                Store.set(Key.of("large"), new EncodedValue(new byte[StoreRuns.MAX_VALUE_BYTES + 1], 0), Ttl.none()),
                TIMEOUT);
        queue("c", "d");
        server.runLoop();

        assertThat(server.received().lines().filter(line -> line.startsWith("m")))
                .containsExactly(
                        "ms a 1 T0 F0 q",
                        "ms b 1 T0 F0 q",
                        "mn",
                        "ms large 2049 T0 F0 O2",
                        "ms c 1 T0 F0 q",
                        "ms d 1 T0 F0 q",
                        "mn");
        server.say("MN\r\nHD O2\r\n");
        assertThat(value(large)).isEqualTo(StoreReply.STORED);
    }

    @Test
    void runsAreShortEnoughThatTheirFirstDoesNotWaitLong() {
        List<Pending<StoreReply>> calls = new ArrayList<>();
        for (int i = 0; i < 150; i++) {
            calls.addAll(queue("k" + i));
        }
        server.runLoop();

        assertThat(server.received().lines().filter("mn"::equals)).hasSize(3);
        server.say("MN\r\n");
        assertThat(calls.subList(0, 64)).allMatch(Pending::isSettled);
        assertThat(calls.subList(64, 150)).noneMatch(Pending::isSettled);
    }

    @Test
    void silenceUpToTheEndIsStored() {
        List<Pending<StoreReply>> calls = queue("a", "b", "c");
        Pending<Lookup> after = server.queue(Get.of(Key.of("a")), TIMEOUT);
        server.runLoop();
        assertThat(calls).noneMatch(Pending::isSettled);

        server.say("MN\r\nVA 1 f0 O3\r\nA\r\n");

        assertThat(calls).allSatisfy(call -> assertThat(value(call)).isEqualTo(StoreReply.STORED));
        assertThat(text(after)).isEqualTo("A");
        assertThat(server.connection.inFlight()).isZero();
        assertThat(server.isClosed()).isFalse();
    }

    @Test
    void whereEveryOneIsRefusedNoneIsStored() {
        List<Pending<StoreReply>> calls = queue("a", "b");
        server.runLoop();

        server.say(REFUSAL + "SERVER_ERROR object too large for cache\r\nMN\r\n");

        assertThat(calls).allSatisfy(call -> {
            assertThat(failure(call)).isInstanceOf(ServerError.class);
            assertThat(failure(call).mayHaveBeenApplied()).isFalse();
        });
        assertThat(failure(calls.get(0)))
                .hasMessage("node test answered set a with: SERVER_ERROR out of memory storing object");
        assertThat(failure(calls.get(1)))
                .hasMessage("node test answered set b with: SERVER_ERROR object too large for cache");
        assertThat(server.isClosed()).isFalse();
    }

    @Test
    void whereSomeAreRefusedEachMayBeStored() {
        List<Pending<StoreReply>> calls = queue("a", "b", "c");
        server.runLoop();

        server.say(REFUSAL);
        assertThat(calls).noneMatch(Pending::isSettled);
        server.say("MN\r\n");

        assertThat(calls).allSatisfy(call -> {
            assertThat(failure(call)).isInstanceOf(ServerError.class);
            assertThat(failure(call).mayHaveBeenApplied()).isTrue();
            assertThat(failure(call).atCaller().mayHaveBeenApplied()).isTrue();
        });
        assertThat(failure(calls.get(0)))
                .hasMessage("node test answered 1 of 3 sets that left together, perhaps set a, with: "
                        + "SERVER_ERROR out of memory storing object");
        assertThat(server.connection.inFlight()).isZero();
    }

    @Test
    void afterARefusalSetsAreAnsweredOneByOneForAWhile() {
        queue("a", "b");
        server.runLoop();
        server.say(REFUSAL + "MN\r\n");
        server.received();

        List<Pending<StoreReply>> calls = queue("c", "d");
        server.runLoop();
        assertThat(server.received().lines()).contains("ms c 1 T0 F0 O2", "ms d 1 T0 F0 O3");
        server.say(REFUSAL + "HD O3\r\n");
        assertThat(failure(calls.get(0)).mayHaveBeenApplied()).isFalse();
        assertThat(value(calls.get(1))).isEqualTo(StoreReply.STORED);

        for (int sent = 0; sent < StoreRuns.CAREFUL; sent++) { // since the last refusal
            Pending<StoreReply> call = queue("e").get(0);
            server.runLoop();
            server.say("HD O" + (4 + sent) + "\r\n");
            assertThat(value(call)).isEqualTo(StoreReply.STORED);
        }
        server.received();
        queue("f", "g");
        server.runLoop();
        assertThat(server.received()).endsWith("mn\r\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HD\r\n",
                "HD O0\r\n",
                "NS O1\r\n",
                "EN\r\n",
                "END\r\n",
                "VALUE a 0 1\r\nA\r\n",
                "VA 1 f0 O2\r\nC\r\n", // of the get behind the run
                "ERROR\r\n",
                "CLIENT_ERROR bad data chunk\r\n",
                "MN x\r\n",
                "MN O2\r\n",
                REFUSAL + REFUSAL + REFUSAL, // of two sets
            })
    void whatARunCannotBeAnsweredWithCloses(String reply) {
        List<Pending<StoreReply>> calls = queue("a", "b");
        Pending<Lookup> get = server.queue(Get.of(Key.of("c")), TIMEOUT);
        server.runLoop();

        server.say(reply);

        assertThat(server.isClosed()).isTrue();
        assertThat(calls).allSatisfy(call -> assertThat(reason(call)).isEqualTo(Reason.CONNECTION_LOST));
        assertThat(calls).extracting(Outcomes::failure).allMatch(EvCacheException::mayHaveBeenApplied);
        assertThat(reason(get)).isEqualTo(Reason.CONNECTION_LOST);
    }

    @Test
    void endOfARunThatNobodySentCloses() {
        Pending<StoreReply> alone = queue("a").get(0);
        server.runLoop();

        server.say("MN\r\n");

        assertThat(server.isClosed()).isTrue();
        assertThat(reason(alone)).isEqualTo(Reason.CONNECTION_LOST);
    }

    @Test
    void expiredCallersKeepTheirPlace() {
        List<Pending<StoreReply>> calls = queue("a", "b");
        server.runLoop();

        server.pass(Duration.ofMillis(110));
        assertThat(calls).allSatisfy(call -> assertThat(failure(call)).isInstanceOf(DeadlineExceeded.class));
        assertThat(server.connection.inFlight()).isEqualTo(2);
        List<Pending<StoreReply>> later = queue("c", "d");
        server.runLoop();
        server.say("MN\r\n");
        assertThat(later).noneMatch(Pending::isSettled);
        server.say("MN\r\n");

        assertThat(later).allSatisfy(call -> assertThat(value(call)).isEqualTo(StoreReply.STORED));
        assertThat(server.connection.inFlight()).isZero();
    }

    @Test
    void callerWhoLeftBeforeTheRunWasWrittenIsNotInIt() {
        List<Pending<StoreReply>> calls = queue("a", "b", "c");
        calls.get(1).fail(new DeadlineExceeded("left", false));
        server.runLoop();

        assertThat(server.received()).isEqualTo("ms a 1 T0 F0 q\r\nA\r\nms c 1 T0 F0 q\r\nC\r\nmn\r\n");
    }

    private List<Pending<StoreReply>> queue(String... keys) {
        return queue(Terms.SET, keys);
    }

    private List<Pending<StoreReply>> queue(Terms terms, String... keys) {
        List<Pending<StoreReply>> calls = new ArrayList<>();
        for (String key : keys) {
            EncodedValue value = new EncodedValue(new byte[] {(byte) (key.charAt(0) - 'a' + 'A')}, 0);
            calls.add(server.queue(new Store(Key.of(key), value, Ttl.none(), terms), TIMEOUT));
        }
        return calls;
    }
}
