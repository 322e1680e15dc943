package io.evcache.core.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evcache.core.error.ProtocolViolation;
import io.evcache.core.transport.netty.MetaReply.Status;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MetaDecoderTest {
    private static final int MAX_VALUE_BYTES = 1_000;

    private final List<String> replies = new ArrayList<>();
    private final MetaDecoder decoder = new MetaDecoder(MAX_VALUE_BYTES, this::record);

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    HD\\r\\n                               | OK
                    HD O7\\r\\n                            | OK O7
                    EN O4294967295\\r\\n                   | MISS O4294967295
                    NF O7\\r\\n                            | NOT_FOUND O7
                    NS O7\\r\\n                            | NOT_STORED O7
                    EX O7\\r\\n                            | EXISTS O7
                    HD c12 O7\\r\\n                        | OK O7 c12
                    VA 3 f5 O7\\r\\nabc\\r\\n              | VALUE O7 f5 <abc>
                    VA 0 f0 O7\\r\\n\\r\\n                 | VALUE O7 <>
                    VA 0 f0 c1 t-1 W O7\\r\\n\\r\\n        | VALUE O7 c1 t-1 W <>
                    VA 1 X Z t30 O7\\r\\nx\\r\\n           | VALUE O7 t30 X Z <x>
                    VA 1 W X O7\\r\\nx\\r\\n               | VALUE O7 W X <x>
                    VA 2 s2 kkey h1 l30 b f4294967295 O7\\r\\n9 \\r\\n | VALUE O7 f4294967295 s2 l30 h1 <9 >
                    HD f5 s12 h0 l0 t-1 c3 O7\\r\\n      | OK O7 f5 c3 t-1 s12 l0
                    VA 7 O7\\r\\nHD O8\\r\\n\\r\\n          | VALUE O7 <HD O8\\r\\n>
                    VA 1 c18446744073709551615 O7\\r\\nx\\r\\n | VALUE O7 c18446744073709551615 <x>
                    VALUE key 5 3\\r\\nabc\\r\\n          | KEYED_VALUE key f5 <abc>
                    VALUE k 0 0\\r\\n\\r\\n               | KEYED_VALUE k <>
                    END\\r\\n                             | END
                    SERVER_ERROR out of memory\\r\\n       | SERVER_ERROR [SERVER_ERROR out of memory]
                    SERVER_ERROR\\r\\n                     | SERVER_ERROR [SERVER_ERROR]
                    """)
    void readsReplies(String wire, String expected) {
        feed(wire);

        assertThat(replies).containsExactly(unescaped(expected));
        assertThat(decoder.isInsideReply()).isFalse();
    }

    @Test
    void readsNumbersThatCannotBeCountedWith() {
        feed("CLIENT_ERROR cannot increment or decrement non-numeric value\\r\\n");

        assertThat(replies)
                .containsExactly("NON_NUMERIC [CLIENT_ERROR cannot increment or decrement non-numeric value]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\\r\\n",
                "\\n",
                "H\\r\\n",
                "HD\\n",
                "HD O7\\n",
                "HDO7\\r\\n",
                "HX O7\\r\\n",
                "hd O7\\r\\n",
                "OK\\r\\n",
                "END \\r\\n",
                "ENDE\\r\\n",
                "STORED\\r\\n",
                "VALUE\\r\\n",
                "VALUE k\\r\\n",
                "VALUE k 0\\r\\n",
                "VALUE k 0 \\r\\n",
                "VALUE k 0 x\\r\\n",
                "VALUE k -1 3\\r\\nabc\\r\\n",
                "VALUE k 4294967296 3\\r\\nabc\\r\\n",
                "VALUE k 0 1073741825\\r\\n",
                "VALUE k 0 3 7\\r\\nabc\\r\\n",
                "VALUE k 0 3\\r\\nabcd\\r\\n",
                "ERROR\\r\\n",
                "ERROR Too many open connections\\r\\n",
                "CLIENT_ERROR bad data chunk\\r\\n",
                "CLIENT_ERROR invalid flag\\r\\n",
                "VA\\r\\n",
                "VA \\r\\n",
                "VA  3\\r\\nabc\\r\\n",
                "VA -1 O7\\r\\n",
                "VA +3 O7\\r\\nabc\\r\\n",
                "VA 3x O7\\r\\nabc\\r\\n",
                "VA 3 O7\\r\\nabcd\\r\\n",
                "VA 3 O7\\r\\nabc\\n",
                "VA 3 O7\\r\\nabc\\rx",
                "VA 1073741825 O7\\r\\n",
                "VA 2147483647 O7\\r\\n",
                "VA 4294967299 O7\\r\\n",
                "VA 18446744073709551615 O7\\r\\n",
                "VA 18446744073709551616 O7\\r\\n",
                "VA 99999999999999999999999 O7\\r\\n",
                "HD O\\r\\n",
                "HD O-7\\r\\n",
                "HD O7x\\r\\n",
                "HD O1 O2\\r\\n",
                "HD O18446744073709551616\\r\\n",
                "VA 1 f O7\\r\\nx\\r\\n",
                "VA 1 f4294967296 O7\\r\\nx\\r\\n",
                "VA 1 t O7\\r\\nx\\r\\n",
                "VA 1 t- O7\\r\\nx\\r\\n",
                "VA 1 t-2 O7\\r\\nx\\r\\n",
                "VA 1 t18446744073709551615 O7\\r\\nx\\r\\n",
                "HD s O7\\r\\n",
                "HD s-1 O7\\r\\n",
                "HD l O7\\r\\n",
                "HD l4294967296 O7\\r\\n",
                "HD h O7\\r\\n",
                "HD hx O7\\r\\n",
                "VA 1 Wrong O7\\r\\nx\\r\\n",
                "VA 1 Z1 O7\\r\\nx\\r\\n",
                "VA 1 X- O7\\r\\nx\\r\\n",
                "HD Y O7\\r\\n",
                "HD \u0001 O7\\r\\n",
                "\u0000\u0000\u0000\u0000\\r\\n",
                "SERVER_ERRORS\\r\\n",
            })
    void refusesWhateverIsNotAWellFormedReply(String wire) {
        assertThatThrownBy(() -> feed(wire)).isInstanceOf(ProtocolViolation.class);

        assertThat(replies).isEmpty();
    }

    @Test
    void everySplitGivesTheSameReplies() {
        String wire =
                "VA 11 f5 c9 t30 O1\\r\\nab\\r\\nEND\\r\\n\\r\\n\\r\\nHD O2\\r\\nEN O3\\r\\nSERVER_ERROR busy\\r\\nVA 0 O5\\r\\n\\r\\n";
        byte[] bytes = bytes(wire);
        feed(wire);
        List<String> whole = List.copyOf(replies);
        assertThat(whole).hasSize(5);

        for (int first = 0; first <= bytes.length; first++) {
            for (int second = first; second <= bytes.length; second++) {
                replies.clear();

                decoder.decode(Unpooled.wrappedBuffer(bytes, 0, first));
                decoder.decode(Unpooled.wrappedBuffer(bytes, first, second - first));
                decoder.decode(Unpooled.wrappedBuffer(bytes, second, bytes.length - second));

                assertThat(replies).as("split at %s and %s", first, second).isEqualTo(whole);
            }
        }
    }

    @Test
    void readsByteByByte() {
        for (byte b : bytes("VA 3 f5 O1\\r\\nabc\\r\\nHD O2\\r\\n")) {
            decoder.decode(Unpooled.wrappedBuffer(new byte[] {b}));
        }

        assertThat(replies).containsExactly("VALUE O1 f5 <abc>", "OK O2");
    }

    @Test
    void truncatedReplyIsNoReply() {
        feed("VA 10 O7\\r\\nabc");

        assertThat(replies).isEmpty();
        assertThat(decoder.isInsideReply()).isTrue();
    }

    @Test
    void nothingOfOneReplyIsLeftInTheNext() {
        feed("VA 1 f5 c9 t30 s1 l2 h1 W X Z O1\\r\\nx\\r\\nHD O2\\r\\nVA 1 O3\\r\\ny\\r\\n");

        assertThat(replies).containsExactly("VALUE O1 f5 c9 t30 s1 l2 h1 W X Z <x>", "OK O2", "VALUE O3 <y>");
    }

    @Test
    void headerLineWithoutEndIsRefusedBeforeItGrows() {
        String flood = "x".repeat(1_000);

        feed(flood);
        feed(flood);

        assertThatThrownBy(() -> feed(flood))
                .isInstanceOf(ProtocolViolation.class)
                .hasMessageContaining("header line");
    }

    @Test
    void headerLinesOfAnyLengthAreReadWhereverTheyAreCut() {
        for (int length = 1; length < 2_030; length += 13) {
            String key = "k".repeat(length);
            String wire = "VALUE " + key + " 5 1\\r\\nx\\r\\n";
            int cut = length * 7 % (length + 8);

            feed(wire.substring(0, cut));
            feed(wire.substring(cut));
            feed("HD O7\\r\\n");

            assertThat(replies).containsExactly("KEYED_VALUE " + key + " f5 <x>", "OK O7");
            replies.clear();
        }
    }

    @Test
    void noRoomIsMadeForAnOversizedValue() {
        // Each announces 1 GiB: if this allocated first, it would be an OutOfMemoryError in the test's heap.
        List<MetaDecoder> decoders = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            MetaDecoder fresh = new MetaDecoder(MAX_VALUE_BYTES, reply -> {});
            decoders.add(fresh);

            fresh.decode(Unpooled.wrappedBuffer(bytes("VA 1073741824 O7\\r\\n")));
            assertThat(fresh.isInsideReply()).isTrue();
        }
        assertThat(decoders).hasSize(64);
    }

    @Test
    void oversizedValueIsSkippedOverAnyPacketBoundaries() {
        String value = "EN O8\\r\\n".repeat(200);
        for (int piece : new int[] {1, 2, 3, 700, 10_000}) {
            byte[] wire =
                    bytes("VA 1400 f5 O7\\r\\n" + value + "\\r\\nVALUE k 0 1400\\r\\n" + value + "\\r\\nEN O9\\r\\n");
            for (int from = 0; from < wire.length; from += piece) {
                decoder.decode(Unpooled.wrappedBuffer(wire, from, Math.min(piece, wire.length - from)));
            }
        }

        assertThat(replies)
                .hasSize(15)
                .startsWith("VALUE O7 f5 too large", "KEYED_VALUE k too large", "MISS O9", "VALUE O7 f5 too large");
        assertThat(decoder.isInsideReply()).isFalse();
    }

    @Test
    void oversizedValueMustEndWhereItSays() {
        assertThatThrownBy(() -> feed("VA 1001 O7\\r\\n" + "x".repeat(1_002) + "\\r\\n"))
                .isInstanceOf(ProtocolViolation.class)
                .hasMessageContaining("not followed by CRLF");
    }

    @Test
    void messagesShowNoControlCharactersAndAreShort() {
        assertThatThrownBy(() -> feed("\u001b[31m" + "x".repeat(500) + "\\r\\n"))
                .isInstanceOf(ProtocolViolation.class)
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(160).doesNotContain("\u001b"));
    }

    private void feed(String wire) {
        decoder.decode(Unpooled.wrappedBuffer(bytes(wire)));
    }

    private static byte[] bytes(String wire) {
        return unescaped(wire).getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String unescaped(String text) {
        return text.replace("\\r", "\r").replace("\\n", "\n");
    }

    /** A copy, since the reply is reused. */
    private void record(MetaReply reply) {
        replies.add(text(reply));
    }

    private String text(MetaReply reply) {
        StringBuilder text = new StringBuilder(reply.status.name());
        if (reply.status == Status.KEYED_VALUE) {
            int length = reply.keyTo - reply.keyFrom;
            text.append(' ').append(new String(decoder.line(), reply.keyFrom, length, StandardCharsets.ISO_8859_1));
        }
        if (reply.opaque != MetaReply.NO_OPAQUE) {
            text.append(" O").append(reply.opaque);
        }
        if (reply.flags != 0) {
            text.append(" f").append(reply.flags);
        }
        if (reply.cas != 0) {
            text.append(" c").append(Long.toUnsignedString(reply.cas));
        }
        if (reply.ttl != MetaReply.NO_TTL) {
            text.append(" t").append(reply.ttl);
        }
        if (reply.size != MetaReply.NOT_SAID) {
            text.append(" s").append(reply.size);
        }
        if (reply.idle != MetaReply.NOT_SAID) {
            text.append(" l").append(reply.idle);
        }
        text.append(reply.readBefore ? " h1" : "");
        text.append(reply.won ? " W" : "").append(reply.stale ? " X" : "").append(reply.held ? " Z" : "");
        text.append(reply.tooLarge ? " too large" : "");
        if (reply.value != null) {
            text.append(" <")
                    .append(new String(reply.value, StandardCharsets.ISO_8859_1))
                    .append(">");
        }
        if (reply.status == Status.SERVER_ERROR || reply.status == Status.NON_NUMERIC) {
            text.append(" [").append(reply.text).append("]");
        }
        return text.toString();
    }
}
