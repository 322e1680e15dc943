package io.evcache.core.value;

import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Nested;

/** The contract, held by every codec that needs no library; what is particular to one is in a test of its own. */
class BuiltInCodecsTest {

    @Nested
    class Utf8 extends CodecContract<String> {
        @Override
        protected Codec<String> codec() {
            return Codec.utf8();
        }

        @Override
        protected List<String> samples() {
            return texts();
        }

        @Override
        protected String random(Random random) {
            return text(random);
        }
    }

    @Nested
    class Bytes extends CodecContract<byte[]> {
        @Override
        protected Codec<byte[]> codec() {
            return Codec.bytes();
        }

        @Override
        protected List<byte[]> samples() {
            return List.of(new byte[0], new byte[] {0, -1, 13, 10}, new byte[100_000]);
        }

        @Override
        protected byte[] random(Random random) {
            return noise(random);
        }
    }

    @Nested
    class Int64 extends CodecContract<Long> {
        @Override
        protected Codec<Long> codec() {
            return Codec.int64();
        }

        @Override
        protected List<Long> samples() {
            return List.of(0L, 1L, -1L, 255L, 256L, Long.MAX_VALUE, Long.MIN_VALUE);
        }

        @Override
        protected Long random(Random random) {
            return random.nextLong() >> random.nextInt(64);
        }
    }

    @Nested
    class Gzip extends Utf8 {
        @Override
        protected Codec<String> codec() {
            return Codec.utf8().compressed(Compression.gzip().withThresholdBytes(50));
        }
    }

    @Nested
    class Zstd extends Utf8 {
        @Override
        protected Codec<String> codec() {
            return Codec.utf8().compressed(Compression.zstd().withThresholdBytes(50));
        }
    }

    @Nested
    class Standard extends CodecContract<Object> {
        @Override
        protected Codec<Object> codec() {
            return StandardCodec.create();
        }

        @Override
        protected List<Object> samples() {
            return standardSamples();
        }

        @Override
        protected Object random(Random random) {
            return standard(random);
        }
    }

    @Nested
    class StandardWithSerialized extends CodecContract<Object> {
        private final Codec<Object> codec = StandardCodec.create()
                .allowing(SerializedObjects.of(Short.class, ArrayList.class))
                .compressed(Compression.evcache());

        @Override
        protected Codec<Object> codec() {
            return codec;
        }

        @Override
        protected List<Object> samples() {
            List<Object> samples = new ArrayList<>(standardSamples());
            samples.add((short) 5);
            samples.add(new ArrayList<>(List.of("a", "b")));
            return samples;
        }

        @Override
        protected Object random(Random random) {
            return random.nextInt(4) > 0
                    ? standard(random)
                    : new ArrayList<>(List.of((short) random.nextInt(), text(random)));
        }
    }

    static List<Object> standardSamples() {
        List<Object> samples = new ArrayList<>(texts());
        samples.addAll(List.of(true, false, 0, -1, 256, Integer.MIN_VALUE, 0L, -1L, 5_000_000_000L, Long.MIN_VALUE));
        samples.addAll(List.of((byte) 0, (byte) -1, 0f, -0f, 1f, Float.NaN, 0d, 1.5, Double.MIN_VALUE, Double.NaN));
        samples.addAll(
                List.of(date(0), date(1_700_000_000_000L), date(-1), date(Long.MAX_VALUE), new byte[0], new byte[500]));
        return samples;
    }

    static Object standard(Random random) {
        return switch (random.nextInt(9)) {
            case 0 -> random.nextBoolean();
            case 1 -> random.nextInt() >> random.nextInt(32);
            case 2 -> random.nextLong() >> random.nextInt(64);
            case 3 -> date(random.nextLong() >> random.nextInt(64));
            case 4 -> (byte) random.nextInt();
            case 5 -> (float) random.nextGaussian();
            case 6 -> random.nextGaussian();
            case 7 -> noise(random);
            default -> text(random);
        };
    }

    @SuppressWarnings("JavaUtilDate") // a type of the layout
    static Date date(long millis) {
        return new Date(millis);
    }

    static List<String> texts() {
        return List.of("", "a", "été ☃ 😀", "\u0000\r\n", "compressible ".repeat(500));
    }

    static String text(Random random) {
        return Long.toString(random.nextLong(), 36) + "é☃😀".repeat(random.nextInt(40));
    }

    static byte[] noise(Random random) {
        byte[] bytes = new byte[random.nextInt(200)];
        random.nextBytes(bytes);
        return bytes;
    }
}
