package io.evcache.core.transport.netty;

import static io.evcache.core.transport.netty.Outcomes.failure;
import static io.evcache.core.transport.netty.Outcomes.reason;
import static io.evcache.core.transport.netty.Outcomes.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.evcache.core.command.Get;
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
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Callers whose time is over and servers that say nothing, decided without sockets, threads or waiting. */
class LateRepliesTest {
    private static final Key KEY = Key.of("k");
    private static final Duration TIMEOUT = Duration.ofMillis(100);
    private static final TransportConfig CONFIG = TransportConfig.defaults();

    private EmbeddedConnection server = new EmbeddedConnection(CONFIG);

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void expiredCallersPlaceIsKeptSoThatTheNextGetsItsOwnReply() {
        Pending<Lookup> first = server.get("a");
        server.pass(Duration.ofMillis(120));
        Pending<Lookup> second = server.get("b");

        assertThat(first.failure()).isInstanceOf(DeadlineExceeded.class).hasMessageContaining("get a");
        server.say("VA 1 f0 O0\r\nA\r\nVA 1 f0 O1\r\nB\r\n");

        assertThat(text(second)).isEqualTo("B");
        assertThat(first.failure()).isInstanceOf(DeadlineExceeded.class);
        assertThat(server.connection.inFlight()).isZero();
    }

    @Test
    void asynchronousCallerIsExpiredWithinTheSweep() {
        Pending<Lookup> call = server.get("a");

        server.pass(TIMEOUT.minusMillis(1));
        assertThat(call.isSettled()).isFalse();

        server.pass(Duration.ofMillis(6));
        assertThat(call.failure()).isInstanceOf(DeadlineExceeded.class);
        assertThat(failure(call).mayHaveBeenApplied()).isTrue();
    }

    @Test
    void commandThatExpiresInTheQueueIsNeverSent() {
        // Only callers that had left were skipped; a call whose deadline had passed unseen, as after a pause of this
        // process, still went out.
        Pending<Lookup> call = server.queue(Get.of(KEY), Duration.ofMillis(20));
        server.jump(Duration.ofMillis(21));

        assertThat(server.received()).isEmpty();
        assertThat(call.failure()).isInstanceOf(DeadlineExceeded.class);
        assertThat(failure(call).mayHaveBeenApplied()).isFalse();
        assertThat(server.connection.inFlight()).isZero();
    }

    @Test
    void commandOfACallerThatLeftIsNeverSent() {
        Pending<Lookup> left = server.queue(Get.of(Key.of("left")), TIMEOUT);
        Pending<Lookup> stays = server.queue(Get.of(Key.of("stays")), TIMEOUT);
        left.fail(new DeadlineExceeded("left", false));
        server.runLoop();

        assertThat(server.received()).isEqualTo("mg stays v f O0\r\n");
        server.say("EN O0\r\n");
        assertThat(stays.value()).isEqualTo(Lookup.Miss.PLAIN);
        assertThat(server.connection.inFlight()).isZero();
    }

    @Test
    void silentServerFailsFastUntilItSpeaksAgain() {
        Pending<Lookup> a = server.get("a");
        Pending<Lookup> b = server.get("b");
        Pending<Lookup> c = server.get("c");
        server.pass(Duration.ofMillis(150));
        assertThat(List.of(a, b, c))
                .allSatisfy(call -> assertThat(call.failure()).isInstanceOf(DeadlineExceeded.class));
        server.received();

        Pending<Lookup> refused = server.queue(Get.of(KEY), TIMEOUT);
        assertThat(reason(refused)).isEqualTo(Reason.NOT_RESPONDING);
        assertThat(failure(refused).mayHaveBeenApplied()).isFalse();

        server.say("EN O0\r\nEN O1\r\nEN O2\r\n");
        Pending<Lookup> welcome = server.get("d");
        server.say("VA 1 f0 O3\r\nD\r\n");
        assertThat(text(welcome)).isEqualTo("D");
    }

    @Test
    void twoExpiredCallersAreNoHang() {
        server.get("a");
        server.get("b");
        server.pass(Duration.ofMillis(150));

        assertThat(server.get("c").isSettled()).isFalse();
    }

    @Test
    void patientCallerInFrontDoesNotHideASilentServer() {
        // The time of the oldest call was waited for. In front of the reads was a write with much more of it, so every
        // read paid its whole deadline until the connection was given up.
        Pending<StoreReply> patient = server.queue(Store.set(KEY, value("x"), Ttl.none()), Duration.ofSeconds(10));
        server.get("a");
        server.get("b");
        server.get("c");
        server.pass(Duration.ofMillis(150));

        assertThat(reason(server.queue(Get.of(KEY), TIMEOUT))).isEqualTo(Reason.NOT_RESPONDING);
        assertThat(patient.isSettled()).isFalse();
    }

    @Test
    void serverThatSaysNothingForASecondIsGivenUp() {
        Pending<Lookup> call = server.get("a");

        server.pass(Duration.ofMillis(990));
        assertThat(server.isClosed()).isFalse();

        server.pass(Duration.ofMillis(20));
        assertThat(server.isClosed()).isTrue();
        assertThat(call.failure()).isInstanceOf(DeadlineExceeded.class);
        assertThat(server.connection.inFlight()).isZero();
    }

    @Test
    void idleConnectionIsNeverGivenUp() {
        server.get("a");
        server.say("EN O0\r\n");

        server.pass(Duration.ofSeconds(30));
        Pending<Lookup> call = server.get("b");
        server.pass(Duration.ofMillis(50));
        server.say("EN O1\r\n");

        assertThat(call.value()).isEqualTo(Lookup.Miss.PLAIN);
    }

    @Test
    void tricklingServerIsGivenUpToo() {
        // Any byte counted as a sign of life, so a value that came a byte at a time kept a useless connection for
        // hours, and every command behind it
        // waited for its whole deadline.
        server.get("a");
        server.say("VA 100000 f0 O0\r\n");

        for (int i = 0; i < 30 && !server.isClosed(); i++) {
            server.pass(Duration.ofMillis(50));
            server.say("x");
        }

        assertThat(server.isClosed()).isTrue();
    }

    @Test
    void pauseOfThisProcessIsNoSilenceOfTheServer() {
        // After a pause the first thing that ran was the sweep: it found the server silent for seconds, and closed a
        // healthy connection
        // whose replies were waiting to be read.
        Pending<Lookup> call = server.get("a");

        server.jump(Duration.ofSeconds(3));
        server.say("VA 1 f0 O0\r\nA\r\n");
        server.pass(Duration.ofMillis(50));

        assertThat(server.isClosed()).isFalse();
        assertThat(text(call)).isEqualTo("A");
    }

    @Test
    void busyProcessDoesNotExcuseTheServersSilenceAgainAndAgain() {
        // Under a flood every other sweep was late, and all the time between was taken off the server's silence: on a
        // busy machine a hung server was not noticed for ten seconds.
        server.get("a");
        server.get("b");
        server.get("c");

        for (int i = 0; i < 8 && !server.isClosed(); i++) {
            server.jump(Duration.ofMillis(200));
            server.pass(Duration.ofMillis(5));
        }

        assertThat(server.isClosed()).isTrue();
    }

    private static EncodedValue value(String text) {
        return new EncodedValue(text.getBytes(StandardCharsets.ISO_8859_1), 0);
    }
}
