package io.evcache.core.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.evcache.core.command.Arithmetic;
import io.evcache.core.command.CountReply;
import io.evcache.core.command.Get;
import io.evcache.core.command.Lease;
import io.evcache.core.command.Lookup;
import io.evcache.core.command.Pending;
import io.evcache.core.error.NodeUnavailable;
import io.evcache.core.key.Key;
import io.evcache.core.transport.TransportConfig;
import io.evcache.core.value.Ttl;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the server's words mean. */
class RepliesTest {
    private static final Key KEY = Key.of("k");

    private final EmbeddedConnection server = new EmbeddedConnection(TransportConfig.defaults());

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void winnerOfALeaseGetsAMissWithTheTokenToStoreWith() {
        assertThat(lookup("VA 0 f0 c12 t-1 W O0\r\n\r\n")).isEqualTo(new Lookup.Miss(Lease.WON, 12));
    }

    @Test
    void othersAreToldThatTheLeaseIsHeld() {
        assertThat(lookup("VA 0 f0 c12 t30 Z O0\r\n\r\n")).isEqualTo(new Lookup.Miss(Lease.HELD, 12));
    }

    @Test
    void placeHolderThatWasInvalidatedIsNoValueEither() {
        // A delete that only marks as stale also marks an open lease's place-holder. It was served as an empty value
        // that nobody had stored.
        assertThat(lookup("VA 0 f0 c12 t30 W X O0\r\n\r\n")).isEqualTo(new Lookup.Miss(Lease.WON, 12));
    }

    @Test
    void placeHolderThatWasInvalidatedIsNoValueForLaterReadersEither() {
        assertThat(lookup("VA 0 f0 c12 t30 X Z O0\r\n\r\n")).isEqualTo(new Lookup.Miss(Lease.HELD, 12));
    }

    @Test
    void emptyValueWithoutALeaseIsAValue() {
        Lookup.Hit hit = (Lookup.Hit) lookup("VA 0 f0 c12 t30 O0\r\n\r\n");

        assertThat(hit.value().length()).isZero();
        assertThat(hit.lease()).isEqualTo(Lease.NONE);
    }

    @Test
    void staleValueIsServedAndOneReaderIsElected() {
        Lookup.Hit hit = (Lookup.Hit) lookup("VA 1 f0 c12 t30 W X O0\r\nx\r\n");

        assertThat(hit.stale()).isTrue();
        assertThat(hit.lease()).isEqualTo(Lease.WON);
        assertThat(hit.cas()).isEqualTo(12);
    }

    @ParameterizedTest
    @CsvSource({
        "t30, 30",
        "t1, 1",
        "t-1, -1", // Lookup.NO_EXPIRY
        "t4294967235, 1", // a clock tick between the server's check and its subtraction
        "t4294967295, 1",
        "t315360000, 315360000",
        "f0, -2", // Lookup.NOT_ASKED
    })
    void remainingLife(String token, long seconds) {
        Lookup.Hit hit = (Lookup.Hit) lookup("VA 1 " + (token.equals("f0") ? "" : "f0 ") + token + " O0\r\nx\r\n");

        assertThat(hit.ttlSeconds()).isEqualTo(seconds);
    }

    @Test
    void itemInItsLastSecondIsAMissSinceZeroWouldMeanForEver() {
        assertThat(lookup("VA 1 f0 t0 O0\r\nx\r\n")).isEqualTo(Lookup.Miss.PLAIN);
    }

    @Test
    void flagsAre32BitsUnsignedOnTheWire() {
        Lookup.Hit hit = (Lookup.Hit) lookup("VA 1 f4294967295 O0\r\nx\r\n");

        assertThat(hit.value().flags()).isEqualTo(-1);
    }

    @ParameterizedTest
    @CsvSource({"1,5,5", "2,'9 ',9", "3,'7  ',7", "20,18446744073709551615,-1"})
    void counterMayHaveBlanksBehindItAndIsUnsigned(int size, String digits, long value) {
        assertThat(count("VA " + size + " O0\r\n" + digits + "\r\n")).isEqualTo(CountReply.of(value));
    }

    @ParameterizedTest
    @CsvSource({"0,''", "1,x", "1,' '", "2,-1", "20,18446744073709551616"})
    void counterThatIsNoNumberIsAViolation(int size, String text) {
        Pending<CountReply> call = counting();

        server.say("VA " + size + " O0\r\n" + text + "\r\n");

        assertThat(call.failure()).isInstanceOf(NodeUnavailable.class);
        assertThat(server.isClosed()).isTrue();
    }

    private Lookup lookup(String reply) {
        Pending<Lookup> call = server.send(Get.of(KEY));
        server.say(reply);
        return Outcomes.value(call);
    }

    private Pending<CountReply> counting() {
        return server.send(new Arithmetic(KEY, Arithmetic.Direction.INCREMENT, 1, OptionalLong.empty(), Ttl.none()));
    }

    private CountReply count(String reply) {
        Pending<CountReply> call = counting();
        server.say(reply);
        return Outcomes.value(call);
    }
}
