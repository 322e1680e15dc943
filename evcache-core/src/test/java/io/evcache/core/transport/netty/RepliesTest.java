package io.evcache.core.transport.netty;

import static io.evcache.core.command.Get.Wants.METADATA;
import static io.evcache.core.command.Get.Wants.VALUE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evcache.core.command.Arithmetic;
import io.evcache.core.command.CountReply;
import io.evcache.core.command.Get;
import io.evcache.core.command.Lease;
import io.evcache.core.command.Lookup;
import io.evcache.core.command.Pending;
import io.evcache.core.error.NodeUnavailable;
import io.evcache.core.key.Key;
import io.evcache.core.transport.TransportConfig;
import io.evcache.core.value.EncodedValue;
import io.evcache.core.value.Ttl;
import io.evcache.core.value.ValueFlags;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the server's words mean. */
class RepliesTest {
    private static final Key KEY = Key.of("k");

    private final EmbeddedConnection server = new EmbeddedConnection(TransportConfig.defaults());

    /** The opaque token of the next lookup. */
    private int asked;

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
    void emptyValueOfThisLibraryIsAValueWhoeverWon() {
        // The second reader of an empty value near the end of its life missed it, as did the winner.
        EncodedValue empty = new EncodedValue(new byte[0], 0);

        for (String marks : List.of("W", "Z", "W X", "Z X", "")) {
            Lookup.Hit hit = (Lookup.Hit) lookup("VA 0 f131072 c12 " + marks + " O0\r\n\r\n");

            assertThat(hit.value()).as(marks).isEqualTo(empty);
            assertThat(hit.cas()).isEqualTo(12);
        }
    }

    @Test
    void emptyValueOfATypeIsAValueWhoeverWon() {
        // The number 0 in EVCache's layout: no bytes, flags 512.
        Lookup.Hit hit = (Lookup.Hit) lookup("VA 0 f512 c12 Z X O0\r\n\r\n");

        assertThat(hit.value()).isEqualTo(new EncodedValue(new byte[0], ValueFlags.INT));
        assertThat(hit.stale()).isTrue();
    }

    @Test
    void emptyValueOfAnotherClientIsAValueIfItWasWonNearItsEnd() {
        Lookup byRefresh = lookup(VALUE.withRecache(30), "VA 0 f0 c12 W O0\r\n\r\n");
        Lookup byEither = lookup(VALUE.withLease(30).withRecache(30), "VA 0 f0 t20 c12 W O0\r\n\r\n");
        Lookup created = lookup(VALUE.withLease(30).withRecache(30), "VA 0 f0 t-1 c12 W O0\r\n\r\n");

        assertThat(List.of(byRefresh, byEither))
                .allSatisfy(lookup -> assertThat(lookup)
                        .isInstanceOfSatisfying(
                                Lookup.Hit.class, hit -> assertThat(hit.lease()).isEqualTo(Lease.WON)));
        assertThat(created).isEqualTo(new Lookup.Miss(Lease.WON, 12));
    }

    @Test
    void metadataComesWithoutAValue() {
        Lookup.Hit hit = (Lookup.Hit) lookup(METADATA, "HD f2048 t60 c12 s70000 l5 h1 O0\r\n");

        assertThat(hit.hasValue()).isFalse();
        assertThat(hit.flags()).isEqualTo(ValueFlags.BYTES);
        assertThat(hit.ttlSeconds()).isEqualTo(60);
        assertThat(hit.cas()).isEqualTo(12);
        assertThat(hit.usage()).isEqualTo(new Lookup.Usage(70_000, 5, true));
        assertThatThrownBy(hit::value)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("did not ask for the value");
    }

    @Test
    void placeHolderIsKnownWithoutItsValueToo() {
        assertThat(lookup(METADATA, "HD f0 t30 c12 s0 l5 h1 Z O0\r\n")).isEqualTo(new Lookup.Miss(Lease.HELD, 12));
    }

    @ParameterizedTest
    @ValueSource(strings = {"HD O0\r\n", "HD f0 s3 O0\r\n", "HD f0 l3 h0 O0\r\n", "VA 1 f0 s1 l1 h0 O0\r\nx\r\n"})
    void metadataThatLacksSomethingIsAViolation(String reply) {
        Pending<Lookup> call = server.send(new Get(KEY, METADATA));

        server.say(reply);

        assertThat(call.failure()).isInstanceOf(NodeUnavailable.class);
        assertThat(server.isClosed()).isTrue();
    }

    @Test
    void missingItemHasNoMetadata() {
        assertThat(lookup(METADATA, "EN O0\r\n")).isEqualTo(Lookup.Miss.PLAIN);
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
        return lookup(VALUE, reply);
    }

    private Lookup lookup(Get.Wants wants, String reply) {
        Pending<Lookup> call = server.send(new Get(KEY, wants));
        server.say(reply.replace("O0", "O" + asked++));
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
