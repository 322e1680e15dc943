package io.evcache.core.value;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evcache.core.error.CodecFailure;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import net.spy.memcached.CachedData;
import net.spy.memcached.transcoders.SerializingTranscoder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CodecTest {

    /** Run again with {@code -Devcache.test.seed=…} to see the same values. */
    private static final long SEED = Long.getLong("evcache.test.seed", new Random().nextLong());

    private final Codec<String> utf8 = Codec.utf8();
    private final Codec<byte[]> bytes = Codec.bytes();
    private final Codec<Long> int64 = Codec.int64();

    @ParameterizedTest
    @ValueSource(strings = {"", "world", "été", "☃", "😀 and 😀", "\u0000\r\n", "?", "a replacement \uFFFD on purpose"})
    void textSurvivesTheRoundTrip(String text) {
        EncodedValue encoded = utf8.encode(text);

        assertThat(encoded.flags()).isZero();
        assertThat(encoded.bytes()).isEqualTo(text.getBytes(UTF_8));
        assertThat(utf8.decode(encoded)).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\uD83D", "a\uDE00b", "\uDE00\uD83D", "😀\uD83D"})
    void textWithAnUnpairedSurrogateIsRefusedRatherThanStoredAsAQuestionMark(String text) {
        assertThatThrownBy(() -> utf8.encode(text))
                .isInstanceOf(CodecFailure.class)
                .hasMessageContaining("unpaired surrogate at index");
    }

    @ParameterizedTest
    @ValueSource(strings = {"FF", "C3", "E29883C3", "C080", "EDA080"})
    void bytesThatAreNotUtf8AreRefusedRatherThanReplaced(String hex) {
        EncodedValue value = new EncodedValue(HexFormat.of().parseHex(hex), ValueFlags.STRING);

        assertThatThrownBy(() -> utf8.decode(value))
                .isInstanceOf(CodecFailure.class)
                .hasMessageContaining("not valid UTF-8");
    }

    @Test
    void bytesPassUnchangedAndUncopied() {
        byte[] payload = {0, -1, 13, 10};

        EncodedValue encoded = bytes.encode(payload);

        assertThat(encoded.flags()).isEqualTo(0x0800);
        assertThat(encoded.bytes()).isSameAs(payload);
        assertThat(bytes.decode(encoded)).isSameAs(payload);
    }

    @Test
    void bytesAreReadAlsoWhereTheWriterSetNoFlags() {
        byte[] payload = {1, 2, 3};

        assertThat(bytes.decode(new EncodedValue(payload, 0))).isSameAs(payload);
    }

    @ParameterizedTest
    @CsvSource({
        "0, ''",
        "1, 01",
        "255, ff",
        "256, 0100",
        "5000000000, 012a05f200",
        "1700000000000, 018bcfe56800",
        "9223372036854775807, 7fffffffffffffff",
        "-1, ffffffffffffffff",
        "-9223372036854775808, 8000000000000000"
    })
    void longsArePackedBigEndianWithoutLeadingZeros(long number, String hex) {
        EncodedValue encoded = int64.encode(number);

        assertThat(encoded).isEqualTo(new EncodedValue(HexFormat.of().parseHex(hex), 0x0300));
        assertThat(int64.decode(encoded)).isEqualTo(number);
    }

    @ParameterizedTest
    @CsvSource({"0, ''", "256, 0100", "2147483647, 7fffffff", "-1, ffffffff", "-2147483648, 80000000"})
    void packedIntsAreReadWithTheirSign(long number, String hex) {
        EncodedValue value = new EncodedValue(HexFormat.of().parseHex(hex), 0x0200);

        assertThat(int64.decode(value)).isEqualTo(number);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "0|0",
                "9  |9",
                "99 |99",
                "007|7",
                "-5|-5",
                "9223372036854775807|9223372036854775807",
                "-9223372036854775808|-9223372036854775808"
            })
    void countersAreReadAsDecimalTextWithTheBlanksOfADecrement(String text, long number) {
        assertThat(int64.decode(ascii(text))).isEqualTo(number);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "-", "- 5", " 5", "5 5", "+5", "0x10", "1e3", "12a", "5\n", "٣"})
    void otherTextIsNotANumber(String text) {
        EncodedValue value = new EncodedValue(text.getBytes(UTF_8), 0);

        assertThatThrownBy(() -> int64.decode(value))
                .isInstanceOf(CodecFailure.class)
                .hasMessageContaining("not a decimal number");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"9223372036854775808", "-9223372036854775809", "18446744073709551615", "99999999999999999999999"
            })
    void countersBeyondALongAreRefusedRatherThanWrapped(String text) {
        assertThatThrownBy(() -> int64.decode(ascii(text)))
                .isInstanceOf(CodecFailure.class)
                .hasMessageContaining("does not fit a long");
    }

    @ParameterizedTest
    @CsvSource({"0x0300, 9", "0x0200, 5"})
    void packedNumbersWithTooManyBytesAreRefused(String flags, int length) {
        EncodedValue value = new EncodedValue(new byte[length], Integer.decode(flags));

        assertThatThrownBy(() -> int64.decode(value))
                .isInstanceOf(CodecFailure.class)
                .hasMessageContaining("this value has " + length);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0x0001",
                "0x0002",
                "0x0801",
                "0x0802",
                "0x0302",
                "0x0100",
                "0x0400",
                "0x0700",
                "0x0900",
                "0x0004",
                "0x10000",
                "0x10300",
                "0x10800",
                "0x40000000",
                "-0x80000000"
            })
    void flagsThatACodecDoesNotKnowAreNamedAndRefused(String text) {
        int flags = Integer.decode(text);
        EncodedValue value = new EncodedValue(new byte[] {'4', '2'}, flags);

        for (Codec<?> codec : List.of(utf8, bytes, int64)) {
            assertThatThrownBy(() -> codec.decode(value))
                    .as("%s", codec)
                    .isInstanceOf(CodecFailure.class)
                    .hasMessageContaining(ValueFlags.describe(flags))
                    .satisfies(e -> assertThat(e.getMessage()).doesNotContain("42"));
        }
    }

    @Test
    void oneTypeIsNotReadAsAnother() {
        assertThatThrownBy(() -> utf8.decode(int64.encode(5L))).isInstanceOf(CodecFailure.class);
        assertThatThrownBy(() -> utf8.decode(bytes.encode(new byte[1]))).isInstanceOf(CodecFailure.class);
        assertThatThrownBy(() -> bytes.decode(int64.encode(5L))).isInstanceOf(CodecFailure.class);
        assertThatThrownBy(() -> int64.decode(bytes.encode(new byte[1]))).isInstanceOf(CodecFailure.class);
    }

    @Test
    void whatWeWriteSpymemcachedReadsAndTheOtherWayRound() {
        SerializingTranscoder spymemcached = new SerializingTranscoder();
        Random random = new Random(SEED);
        for (int i = 0; i < 5_000; i++) {
            long number = random.nextLong() >> random.nextInt(64);
            String text = Long.toString(number, 36) + "é☃😀".repeat(random.nextInt(3));
            byte[] payload = text.getBytes(UTF_8);
            int smallNumber = (int) number;

            assertThat(spymemcached.decode(theirs(int64.encode(number))))
                    .as("seed %d", SEED)
                    .isEqualTo(number);
            assertThat(spymemcached.decode(theirs(utf8.encode(text))))
                    .as("seed %d", SEED)
                    .isEqualTo(text);
            assertThat(spymemcached.decode(theirs(bytes.encode(payload))))
                    .as("seed %d", SEED)
                    .isEqualTo(payload);
            assertThat(int64.decode(ours(spymemcached.encode(number))))
                    .as("seed %d", SEED)
                    .isEqualTo(number);
            assertThat(int64.decode(ours(spymemcached.encode(smallNumber))))
                    .as("seed %d", SEED)
                    .isEqualTo(smallNumber);
            assertThat(utf8.decode(ours(spymemcached.encode(text))))
                    .as("seed %d", SEED)
                    .isEqualTo(text);
            assertThat(bytes.decode(ours(spymemcached.encode(payload))))
                    .as("seed %d", SEED)
                    .isEqualTo(payload);
        }
    }

    @Test
    void whatSpymemcachedCompressesOrSerialisesIsRefused() {
        SerializingTranscoder spymemcached = new SerializingTranscoder();
        spymemcached.setCompressionThreshold(100);

        EncodedValue compressed = ours(spymemcached.encode("compressible ".repeat(100)));
        EncodedValue serialised = ours(spymemcached.encode((short) 5));

        assertThatThrownBy(() -> utf8.decode(compressed))
                .isInstanceOf(CodecFailure.class)
                .hasMessageContaining("compressed");
        assertThatThrownBy(() -> int64.decode(serialised))
                .isInstanceOf(CodecFailure.class)
                .hasMessageContaining("serialised");
    }

    private static EncodedValue ascii(String text) {
        return new EncodedValue(text.getBytes(ISO_8859_1), 0);
    }

    private static CachedData theirs(EncodedValue value) {
        return new CachedData(value.flags(), value.bytes(), CachedData.MAX_SIZE);
    }

    private static EncodedValue ours(CachedData data) {
        return new EncodedValue(data.getData(), data.getFlags());
    }
}
