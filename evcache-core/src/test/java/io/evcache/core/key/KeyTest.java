package io.evcache.core.key;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evcache.core.error.IllegalKeyException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeyTest {

    @Test
    void acceptsExactlyTheBytesThatTheTextProtocolCanCarry() {
        for (int b = 0; b < 256; b++) {
            byte[] bytes = {'a', (byte) b, 'z'};
            boolean legal = b > 0x20 && b != 0x7F;

            if (legal) {
                assertThat(Key.ofBytes(bytes).bytes()).as("byte %d", b).isEqualTo(new byte[] {'a', (byte) b, 'z'});
            } else {
                assertThatThrownBy(() -> Key.ofBytes(bytes))
                        .as("byte %d", b)
                        .isInstanceOf(IllegalKeyException.class)
                        .hasMessageContaining("at index 1");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 249, 250})
    void acceptsOneToTwoHundredFiftyBytes(int length) {
        assertThat(Key.ofBytes(filled(length)).length()).isEqualTo(length);
    }

    @Test
    void refusesNoBytes() {
        assertThatThrownBy(() -> Key.ofBytes(new byte[0]))
                .isInstanceOf(IllegalKeyException.class)
                .hasMessageContaining("empty");
    }

    @ParameterizedTest
    @ValueSource(ints = {251, 100_000})
    void refusesMoreBytesAndNamesTheirNumber(int length) {
        assertThatThrownBy(() -> Key.ofBytes(filled(length)))
                .isInstanceOf(IllegalKeyException.class)
                .hasMessageContaining(length + " bytes")
                .hasMessageContaining("250")
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(300));
    }

    @Test
    void refusesNull() {
        assertThatNullPointerException().isThrownBy(() -> Key.ofBytes(nothing()));
    }

    @Test
    void textIsEncodedAsUtf8() {
        assertThat(Key.of("été").bytes()).isEqualTo("été".getBytes(UTF_8));
        assertThat(Key.of("a").bytes()).isEqualTo(new byte[] {'a'});
    }

    @Test
    void refusesTextThatIsNotAKey() {
        assertThatThrownBy(() -> Key.of("two words")).isInstanceOf(IllegalKeyException.class);
        assertThatThrownBy(() -> Key.of("half \uD83D")).isInstanceOf(IllegalKeyException.class);
    }

    @Test
    void isEqualByItsBytes() {
        Key one = Key.of("user:42");
        Key same = Key.ofBytes("user:42".getBytes(UTF_8));
        Key other = Key.of("user:43");

        assertThat(one).isEqualTo(same).hasSameHashCodeAs(same).isNotEqualTo(other);
        assertThat(one.hashCode()).as("stays").isEqualTo(one.hashCode());
    }

    @ParameterizedTest
    @CsvSource({
        "a, 3111502092",
        "foo, 3675831724",
        "cid:foo, 2248265959",
        "user:123, 805362576",
        "Test:name, 3644589245",
        "k_00, 4265542952",
        "k_01, 3732689589",
        "été, 510308318"
    })
    void ringHashIsThatOfTheClientsInUse(String text, String unsigned) {
        Key key = Key.of(text);

        assertThat(Integer.toUnsignedString(key.ringHash())).isEqualTo(unsigned);
        assertThat(Integer.toUnsignedString(key.ringHash())).as("again").isEqualTo(unsigned);
    }

    @Test
    void textForLogsStaysOnItsLine() {
        assertThat(Key.of("profiles:42")).hasToString("profiles:42");
        assertThat(Key.of("été:☃:😀")).hasToString("été:☃:😀");
        assertThat(Key.of("a\u0085b\u2028c\u202Ed")).hasToString("a\\u0085b\\u2028c\\u202Ed");
        assertThat(Key.ofBytes(new byte[] {'a', (byte) 0xFF, 'b'})).hasToString("a\uFFFDb");
    }

    @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"}) // what a caller without null checks would pass
    private static <T> T nothing() {
        return null;
    }

    private static byte[] filled(int length) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) 'k');
        return bytes;
    }
}
