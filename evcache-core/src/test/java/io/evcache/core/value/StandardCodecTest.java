package io.evcache.core.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evcache.core.error.CodecFailure;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.Serializable;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import net.spy.memcached.CachedData;
import net.spy.memcached.transcoders.SerializingTranscoder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The table of the layout, and spymemcached's own class as a second opinion on it. */
class StandardCodecTest {

    /** Run again with {@code -Devcache.test.seed=…} to see the same values. */
    private static final long SEED = Long.getLong("evcache.test.seed", new Random().nextLong());

    private final StandardCodec codec = StandardCodec.create();
    private final SerializingTranscoder spymemcached = new SerializingTranscoder();

    static Stream<Arguments> published() {
        return Stream.of(
                Arguments.of("bar", 0, "626172"),
                Arguments.of(true, 0x0100, "31"),
                Arguments.of(false, 0x0100, "30"),
                Arguments.of(0, 0x0200, ""),
                Arguments.of(256, 0x0200, "0100"),
                Arguments.of(-1, 0x0200, "ffffffff"),
                Arguments.of(0L, 0x0300, ""),
                Arguments.of(5_000_000_000L, 0x0300, "012a05f200"),
                Arguments.of(-1L, 0x0300, "ffffffffffffffff"),
                Arguments.of(BuiltInCodecsTest.date(1_700_000_000_000L), 0x0400, "018bcfe56800"),
                Arguments.of((byte) 0, 0x0500, "00"),
                Arguments.of((byte) -1, 0x0500, "ff"),
                Arguments.of(1.0f, 0x0600, "3f800000"),
                Arguments.of(0.0f, 0x0600, ""),
                Arguments.of(-0.0f, 0x0600, "80000000"),
                Arguments.of(1.5, 0x0700, "3ff8000000000000"),
                Arguments.of(0.0, 0x0700, ""),
                Arguments.of(new byte[] {1, 0}, 0x0800, "0100"));
    }

    @ParameterizedTest
    @MethodSource("published")
    void everyTypeHasThePublishedFlagsAndBytes(Object value, int flags, String hex) {
        EncodedValue encoded = codec.encode(value);

        assertThat(encoded).isEqualTo(new EncodedValue(HexFormat.of().parseHex(hex), flags));
        assertThat(codec.decode(encoded)).isEqualTo(value);
    }

    @Test
    void weWriteWhatSpymemcachedWritesAndReadEachOther() {
        Random random = new Random(SEED);
        Stream<Object> values = Stream.concat(
                BuiltInCodecsTest.standardSamples().stream(),
                Stream.generate(() -> BuiltInCodecsTest.standard(random)).limit(5_000));

        values.forEach(value -> {
            EncodedValue ours = codec.encode(value);
            CachedData theirs = spymemcached.encode(value);

            assertThat(ours).as("seed %d", SEED).isEqualTo(new EncodedValue(theirs.getData(), theirs.getFlags()));
            assertThat(spymemcached.decode(new CachedData(ours.flags(), ours.bytes(), CachedData.MAX_SIZE)))
                    .isEqualTo(value);
            assertThat(codec.decode(new EncodedValue(theirs.getData(), theirs.getFlags())))
                    .isEqualTo(value);
        });
    }

    @Test
    void serialisedObjectsThatAreAllowedCrossInBothDirections() {
        StandardCodec allowing = codec.allowing(SerializedObjects.of(Short.class));

        CachedData theirs = spymemcached.encode((short) 7);
        EncodedValue ours = allowing.encode((short) 8);

        assertThat(allowing.decode(new EncodedValue(theirs.getData(), theirs.getFlags())))
                .isEqualTo((short) 7);
        assertThat(ours.flags()).isEqualTo(ValueFlags.SERIALIZED);
        assertThat(spymemcached.decode(new CachedData(ours.flags(), ours.bytes(), CachedData.MAX_SIZE)))
                .isEqualTo((short) 8);
    }

    @Test
    void noFlagsWhateverMakeADeserialiserRunUnlessAllowed() {
        byte[] canary = spymemcached.encode(new Canary()).getData();
        Codec<Object> compressed = codec.compressed(Compression.evcache());
        EncodedValue gzipped = Compression.evcache().compress(new EncodedValue(canary, ValueFlags.SERIALIZED));
        Random random = new Random(SEED);
        int before = Canary.READ.get();

        for (int flags = 0; flags <= 0xFFFF; flags++) {
            byte[] bytes = random.nextBoolean() ? canary : gzipped.bytes();
            EncodedValue value = new EncodedValue(bytes, flags);
            for (Codec<Object> each : List.of(codec, compressed)) {
                try {
                    assertThat(each.decode(value)).as("flags %d", flags).isNotInstanceOf(Canary.class);
                } catch (CodecFailure expected) {
                    assertThat(expected).hasMessageContaining("bytes");
                }
            }
        }

        assertThat(Canary.READ.get()).isEqualTo(before);
        assertThat(codec.allowing(SerializedObjects.of(Canary.class)).decode(new EncodedValue(canary, 1)))
                .as("the canary does sing")
                .isInstanceOf(Canary.class);
        assertThat(Canary.READ.get()).isEqualTo(before + 1);
    }

    @Test
    void typeOutsideTheLayoutIsRefusedWhenWritten() {
        assertThatThrownBy(() -> codec.encode('c'))
                .isInstanceOf(CodecFailure.class)
                .hasMessageContaining("java.lang.Character");
        assertThatThrownBy(
                        () -> codec.allowing(SerializedObjects.of(Short.class)).encode('c'))
                .isInstanceOf(CodecFailure.class)
                .hasMessageContaining("java.lang.Character");
    }

    @Test
    void booleanIsOneOfTwoBytes() {
        for (byte[] bytes : new byte[][] {{}, {1}, {'1', '1'}, {'t'}}) {
            assertThatThrownBy(() -> codec.decode(new EncodedValue(bytes, ValueFlags.BOOLEAN)))
                    .isInstanceOf(CodecFailure.class);
        }
    }

    @Test
    void numberWithTooManyBytesIsRefused() {
        for (int flags : new int[] {0x0200, 0x0300, 0x0400, 0x0500, 0x0600, 0x0700}) {
            assertThatThrownBy(() -> codec.decode(new EncodedValue(new byte[9], flags)))
                    .as(ValueFlags.describe(flags))
                    .isInstanceOf(CodecFailure.class)
                    .hasMessageContaining("at most");
        }
    }

    /** Notices when it is deserialised. */
    static final class Canary implements Serializable {
        private static final long serialVersionUID = 1L;
        static final AtomicInteger READ = new AtomicInteger();

        private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
            in.defaultReadObject();
            READ.incrementAndGet();
        }
    }
}
