package io.evcache.core.value;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import com.sun.management.ThreadMXBean;
import io.evcache.core.error.CodecFailure;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import net.spy.memcached.CachedData;
import net.spy.memcached.transcoders.SerializingTranscoder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class CompressionTest {

    private static final int MIB = 1 << 20;

    static Compression[] both() {
        return new Compression[] {Compression.gzip(), Compression.zstd()};
    }

    @ParameterizedTest
    @MethodSource("both")
    void valueAboveTheThresholdIsWrittenSmallerAndMarked(Compression compression) {
        EncodedValue value = text(4_097);

        EncodedValue stored = compression.compress(value);

        assertThat(stored.flags()).isEqualTo(0x0002);
        assertThat(stored.length()).isLessThan(value.length());
        assertThat(compression.inflate(stored)).isEqualTo(value);
    }

    @ParameterizedTest
    @MethodSource("both")
    void valueOfExactlyTheThresholdStaysPlain(Compression compression) {
        EncodedValue value = text(4_096);

        assertThat(compression.compress(value)).isSameAs(value);
    }

    @ParameterizedTest
    @CsvSource({"120, 0", "121, 2"})
    void evcacheProfileStartsAt121Bytes(int length, int flags) {
        assertThat(Compression.evcache().compress(text(length)).flags()).isEqualTo(flags);
    }

    @ParameterizedTest
    @MethodSource("both")
    void valueThatDoesNotShrinkStaysPlain(Compression compression) {
        byte[] noise = new byte[10_000];
        new Random(1).nextBytes(noise);
        EncodedValue value = new EncodedValue(noise, ValueFlags.BYTES);

        assertThat(compression.compress(value)).isSameAs(value);
    }

    @ParameterizedTest
    @MethodSource("both")
    void otherFlagsSurviveBothWays(Compression compression) {
        EncodedValue value = new EncodedValue(text(5_000).bytes(), 0x0002_0800);

        EncodedValue stored = compression.compress(value);

        assertThat(stored.flags()).isEqualTo(0x0002_0802);
        assertThat(compression.inflate(stored)).isEqualTo(value);
    }

    @Test
    void readerTellsTheFormatsByTheirFirstBytesWhateverItWrites() {
        EncodedValue value = text(5_000);

        assertThat(Compression.gzip().inflate(Compression.zstd().compress(value)))
                .isEqualTo(value);
        assertThat(Compression.zstd().inflate(Compression.gzip().compress(value)))
                .isEqualTo(value);
    }

    @Test
    void plainValuesAreReadUnchanged() {
        EncodedValue value = text(5_000);

        assertThat(Compression.gzip().inflate(value)).isSameAs(value);
    }

    @Test
    void zstdOfWritersThatDidNotKnowTheSizeIsRead() throws IOException {
        EncodedValue value = text(300_000);
        EncodedValue stored = compressed(zstdStream(value.bytes()));

        assertThat(Zstd.getFrameContentSize(stored.bytes())).as("unknown").isEqualTo(-1);
        assertThat(Compression.gzip().inflate(stored)).isEqualTo(value);
    }

    @Test
    void spymemcachedReadsOurGzipAndWeReadItsOwn() {
        SerializingTranscoder spymemcached = new SerializingTranscoder();
        spymemcached.setCompressionThreshold(100);
        String text = "compressible ".repeat(1_000);
        Codec<String> codec = Codec.utf8().compressed(Compression.gzip());

        EncodedValue ours = codec.encode(text);
        CachedData theirs = spymemcached.encode(text);

        assertThat(ours.flags()).isEqualTo(theirs.getFlags()).isEqualTo(2);
        assertThat(spymemcached.decode(new CachedData(ours.flags(), ours.bytes(), CachedData.MAX_SIZE)))
                .isEqualTo(text);
        assertThat(codec.decode(new EncodedValue(theirs.getData(), theirs.getFlags())))
                .isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "zstd", "zstd stream"})
    void bombIsRefusedBeforeItIsAllocated(String format) throws IOException {
        byte[] zeros = new byte[200 * MIB];
        EncodedValue bomb = compressed(format(format, zeros));
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());

        assertThatThrownBy(() -> Compression.gzip().inflate(bomb))
                .isInstanceOf(CodecFailure.class)
                .hasMessageContaining("more content than");

        long allocated = threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
        assertThat(allocated).as("bytes, for a bomb of %d bytes", bomb.length()).isLessThan(50L * MIB);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "zstd", "zstd stream"})
    void ratioBoundsWhatASmallValueMayBecome(String format) throws IOException {
        EncodedValue within = compressed(format(format, new byte[MIB]));
        EncodedValue above = compressed(format(format, new byte[MIB + 1]));
        assertThat(above.length()).isLessThan(MIB / 100);

        assertThat(Compression.gzip().inflate(within).length()).isEqualTo(MIB);
        assertThatThrownBy(() -> Compression.gzip().inflate(above)).isInstanceOf(CodecFailure.class);
        assertThat(Compression.gzip().withMaxRatio(1 << 20).inflate(above).length())
                .isEqualTo(MIB + 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "zstd", "zstd stream"})
    void absoluteLimitHoldsToTheByte(String format) throws IOException {
        EncodedValue value = text(50_000);
        EncodedValue stored = compressed(format(format, value.bytes()));

        assertThat(Compression.gzip()
                        .withMaxInflatedBytes(50_000)
                        .inflate(stored)
                        .bytes())
                .isEqualTo(value.bytes());
        assertThatThrownBy(() -> Compression.gzip().withMaxInflatedBytes(49_999).inflate(stored))
                .isInstanceOf(CodecFailure.class)
                .hasMessageContaining("49999");
    }

    @Test
    void gzipThatLiesAboutItsSizeGetsNoFurther() throws IOException {
        byte[] bomb = format("gzip", new byte[100 * MIB]);
        ByteBuffer.wrap(bomb).order(ByteOrder.LITTLE_ENDIAN).putInt(bomb.length - 4, 10);

        assertThatThrownBy(() -> Compression.gzip().inflate(compressed(bomb))).isInstanceOf(CodecFailure.class);
    }

    @ParameterizedTest
    @MethodSource("both")
    void whatTheReaderWouldRefuseIsWrittenPlain(Compression compression) {
        EncodedValue zeros = new EncodedValue(new byte[2 * MIB], ValueFlags.BYTES);

        assertThat(compression.compress(zeros)).as("ratio").isSameAs(zeros);
        assertThat(compression.withMaxInflatedBytes(4_999).compress(text(5_000)).flags())
                .as("size")
                .isZero();
    }

    @ParameterizedTest
    @MethodSource("both")
    void everyTruncationAndManyFlippedBytesAreRefusedOrReadRight(Compression compression) {
        EncodedValue value = text(6_000);
        EncodedValue stored = compression.compress(value);
        Random random = new Random(7);

        for (int length = 0; length < stored.length(); length++) {
            EncodedValue cut = compressed(Arrays.copyOf(stored.bytes(), length));
            assertThatThrownBy(() -> compression.inflate(cut))
                    .as("%d bytes", length)
                    .isInstanceOf(CodecFailure.class);
        }
        for (int i = 0; i < 3_000; i++) {
            byte[] bytes = stored.bytes().clone();
            bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            try {
                assertThat(compression.inflate(compressed(bytes)).length()).isLessThanOrEqualTo(MIB);
            } catch (CodecFailure expected) {
                assertThat(expected.getMessage()).doesNotContain("compressible");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\u001f", "x\u0000", "plain text"})
    void markedValueInNeitherFormatIsRefused(String text) {
        assertThatThrownBy(() -> Compression.gzip().inflate(compressed(text.getBytes(UTF_8))))
                .isInstanceOf(CodecFailure.class)
                .hasMessageContaining("neither gzip nor zstd");
    }

    @Test
    void settingsAreChecked() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Compression.gzip().withThresholdBytes(-1))
                .withMessageContaining("-1");
        assertThatIllegalArgumentException().isThrownBy(() -> Compression.gzip().withMaxInflatedBytes(0));
        assertThatIllegalArgumentException().isThrownBy(() -> Compression.gzip().withMaxRatio(0));
        assertThat(Codec.utf8().compressed(Compression.evcache())).hasToString("Utf8 (GZIP above 120 bytes)");
    }

    @Test
    void gzipNeedsNoLibraryAndZstdNamesTheOneThatItNeeds() throws Throwable {
        assertThat(WithoutLibrary.run("zstd-jni", Alone.class, "writeAndReadGzip"))
                .isEqualTo(true);
        assertThatThrownBy(() -> WithoutLibrary.run("zstd-jni", Alone.class, "writeZstd"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("com.github.luben:zstd-jni");
        assertThatThrownBy(() -> WithoutLibrary.run("zstd-jni", Alone.class, "readZstd"))
                .satisfies(e -> assertThat(e.getClass().getName()).isEqualTo(CodecFailure.class.getName()))
                .hasMessageContaining("com.github.luben:zstd-jni");
    }

    private static EncodedValue text(int length) {
        byte[] text =
                "compressible, as text mostly is; ".repeat(length / 33 + 1).getBytes(UTF_8);
        byte[] bytes = Arrays.copyOf(text, length);
        new Random(length).ints(length / 20, 0, length).forEach(i -> bytes[i] = (byte) ('a' + i % 26));
        return new EncodedValue(bytes, ValueFlags.STRING);
    }

    private static EncodedValue compressed(byte[] bytes) {
        return new EncodedValue(bytes, ValueFlags.COMPRESSED);
    }

    private static byte[] format(String format, byte[] bytes) throws IOException {
        return switch (format) {
            case "gzip" -> {
                ByteArrayOutputStream out = new ByteArrayOutputStream();
                try (OutputStream gzip = new GZIPOutputStream(out)) {
                    gzip.write(bytes);
                }
                yield out.toByteArray();
            }
            case "zstd" -> Zstd.compress(bytes);
            default -> zstdStream(bytes);
        };
    }

    private static byte[] zstdStream(byte[] bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream zstd = new ZstdOutputStreamNoFinalizer(out)) {
            zstd.write(bytes);
        }
        return out.toByteArray();
    }

    /** Runs where the library is not; so without a word of it, and without the class around. */
    public static final class Alone {
        public static boolean writeAndReadGzip() {
            EncodedValue value = Codec.utf8().encode("compressible ".repeat(500));
            EncodedValue stored = Compression.gzip().compress(value);
            return stored.flags() == 2 && Compression.gzip().inflate(stored).equals(value);
        }

        public static Compression writeZstd() {
            return Compression.zstd();
        }

        public static EncodedValue readZstd() {
            byte[] magic = {0x28, (byte) 0xB5, 0x2F, (byte) 0xFD, 0, 0, 0};
            return Compression.gzip().inflate(new EncodedValue(magic, ValueFlags.COMPRESSED));
        }
    }
}
