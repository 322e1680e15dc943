package io.evcache.core.value;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evcache.core.error.CodecFailure;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What every codec promises, whatever its values are. */
public abstract class CodecContract<V> {

    /** Run again with {@code -Devcache.test.seed=…} to see the same values. */
    private static final long SEED = Long.getLong("evcache.test.seed", new Random().nextLong());

    private static final int UNASSIGNED = 0x8000_00FC;

    private final Random random = new Random(SEED);

    protected abstract Codec<V> codec();

    /** The borders: empty, longest, most negative. */
    protected abstract List<V> samples();

    protected abstract V random(Random random);

    @Test
    void everySampleSurvivesTheRoundTrip() {
        for (V sample : samples()) {
            assertThat(codec().decode(codec().encode(sample))).isEqualTo(sample);
        }
    }

    @Test
    void randomValuesSurviveTheRoundTrip() {
        for (int i = 0; i < 1_000; i++) {
            V value = random(random);

            assertThat(codec().decode(codec().encode(value)))
                    .as("seed %d", SEED)
                    .isEqualTo(value);
        }
    }

    @Test
    void unassignedFlagsAndMarksAreNeverWritten() {
        for (V sample : samples()) {
            int flags = codec().encode(sample).flags();

            assertThat(flags & (UNASSIGNED | ValueFlags.OWN_MARKS_MASK))
                    .as(ValueFlags.describe(flags))
                    .isZero();
        }
    }

    @Test
    void decodingLeavesTheBytesAlone() {
        for (V sample : samples()) {
            EncodedValue encoded = codec().encode(sample);
            byte[] before = encoded.bytes().clone();

            V unused = codec().decode(encoded);

            assertThat(encoded.bytes()).isEqualTo(before);
        }
    }

    @Test
    void valueWithAMarkThatTheCodecDoesNotKnowIsRefused() {
        for (V sample : samples()) {
            EncodedValue encoded = codec().encode(sample);
            for (int bit = 2; bit < 32; bit++) {
                boolean type = bit >= 8 && bit < 16;
                if (!type) {
                    EncodedValue marked = new EncodedValue(encoded.bytes(), encoded.flags() | 1 << bit);
                    assertThatThrownBy(() -> codec().decode(marked))
                            .as(ValueFlags.describe(marked.flags()))
                            .isInstanceOf(CodecFailure.class);
                }
            }
        }
    }

    @Test
    void anyBytesUnderAnyFlagsAreReadOrRefusedWithoutQuotingThem() {
        for (int i = 0; i < 10_000; i++) {
            EncodedValue value = anyValue();
            try {
                assertThat(codec().decode(value)).isNotNull();
            } catch (CodecFailure refused) {
                String content = new String(value.bytes(), ISO_8859_1);
                if (content.length() > 5) {
                    assertThat(refused.getMessage()).as("seed %d", SEED).doesNotContain(content);
                }
            }
        }
    }

    /** Noise, text, or a value of this codec with some bytes flipped or cut off; under its flags, a known type, or any. */
    private EncodedValue anyValue() {
        EncodedValue own = codec().encode(random(random));
        byte[] bytes = switch (random.nextInt(3)) {
            case 0 -> {
                byte[] noise = new byte[random.nextInt(64)];
                random.nextBytes(noise);
                yield noise;
            }
            case 1 -> Long.toString(random.nextLong(), 36).getBytes(ISO_8859_1);
            default -> {
                byte[] damaged = Arrays.copyOf(own.bytes(), random.nextInt(own.length() + 1));
                for (int n = random.nextInt(3); n > 0 && damaged.length > 0; n--) {
                    damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
                }
                yield damaged;
            }
        };
        int flags = switch (random.nextInt(3)) {
            case 0 -> own.flags();
            case 1 -> random.nextInt(9) << 8 | random.nextInt(4);
            default -> random.nextInt();
        };
        return new EncodedValue(bytes, flags);
    }

    @Test
    void oneCodecServesManyThreads() {
        List<V> values = IntStream.range(0, 200).mapToObj(i -> random(random)).toList();

        values.parallelStream()
                .forEach(value ->
                        assertThat(codec().decode(codec().encode(value))).isEqualTo(value));
    }

    @Test
    @SuppressWarnings("NullAway") // the caller's mistake is what is tested
    void nullIsNoValue() {
        assertThatNullPointerException().isThrownBy(() -> codec().encode(null));
    }

    @Test
    void saysWhatItIs() {
        assertThat(codec().toString()).isNotBlank().doesNotContain("@");
    }
}
