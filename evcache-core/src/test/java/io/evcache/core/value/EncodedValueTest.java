package io.evcache.core.value;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EncodedValueTest {

    @Test
    void isEqualByContentAndFlags() {
        EncodedValue one = new EncodedValue(new byte[] {1, 2}, 7);

        assertThat(one).isEqualTo(new EncodedValue(new byte[] {1, 2}, 7));
        assertThat(one).hasSameHashCodeAs(new EncodedValue(new byte[] {1, 2}, 7));
        assertThat(one).isNotEqualTo(new EncodedValue(new byte[] {1, 3}, 7));
        assertThat(one).isNotEqualTo(new EncodedValue(new byte[] {1, 2}, 8));
    }

    @Test
    void keepsTheArrayItWasGiven() {
        byte[] bytes = {1, 2, 3};

        assertThat(new EncodedValue(bytes, 0).bytes()).isSameAs(bytes);
    }

    @Test
    void textShowsSizeAndFlagsAndNeverTheContent() {
        EncodedValue value = new EncodedValue("secret".getBytes(UTF_8), ValueFlags.STRING);

        assertThat(value).hasToString("EncodedValue(6 bytes, flags 0x0000 (string))");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0x0000 | 0x0000 (string)",
                "0x0001 | 0x0001 (string, serialised)",
                "0x0002 | 0x0002 (string, compressed)",
                "0x0100 | 0x0100 (boolean)",
                "0x0200 | 0x0200 (int)",
                "0x0302 | 0x0302 (long, compressed)",
                "0x0400 | 0x0400 (date)",
                "0x0500 | 0x0500 (byte)",
                "0x0600 | 0x0600 (float)",
                "0x0700 | 0x0700 (double)",
                "0x0803 | 0x0803 (bytes, compressed, serialised)",
                "0x0900 | 0x0900 (unknown type)",
                "0x10800 | 0x10800 (bytes, manifest of a large value)",
                "0x40804 | 0x40804 (bytes, known to be absent, unknown bits 0x4)"
            })
    void flagsAreNamedAsTheClientsInUseMeanThem(String flags, String description) {
        assertThat(ValueFlags.describe(Integer.decode(flags))).isEqualTo(description);
    }
}
