package io.evcache.replication.mutation;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evcache.core.key.Key;
import io.evcache.replication.mutation.Mutation.Operation;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MutationCodecTest {
    private static final long VERSION = 0x0123_4567_89AB_CDEFL;
    private static final Key KEY = Key.of("profiles:42");
    private static final Mutation FULL = new Mutation(
            Operation.SET, KEY, VERSION, 4_000_000_000L, 1_234, "eu-west-1", "eu-west-1a", List.of("eu-west-1b", "ü"));
    private static final Mutation SMALL = new Mutation(Operation.DELETE, KEY, 1, 0, 0, "eu", "", List.of());

    @Test
    void bytesOfSchemaOneNeverChange() throws Exception {
        assertThat(hex(MutationCodec.encode(FULL))).isEqualTo(golden("mutation-set.hex"));
        assertThat(hex(MutationCodec.encode(SMALL))).isEqualTo(golden("mutation-delete.hex"));
    }

    @Test
    void bytesOfEarlierReleasesAreRead() throws Exception {
        assertThat(MutationCodec.decode(KEY.bytes(), unhex(golden("mutation-set.hex"))))
                .isEqualTo(FULL);
        assertThat(MutationCodec.decode(KEY.bytes(), unhex(golden("mutation-delete.hex"))))
                .isEqualTo(SMALL);
    }

    @Test
    void unknownFieldIsSkipped() throws Exception {
        byte[] bytes = unhex(golden("mutation-unknown-field.hex"));

        assertThat(MutationCodec.decode(KEY.bytes(), bytes)).isEqualTo(SMALL);
    }

    @Test
    void unknownCriticalFieldIsRefused() {
        byte[] bytes = append(MutationCodec.encode(SMALL), 0xFF, 1, 0, 9);

        assertThatThrownBy(() -> MutationCodec.decode(KEY.bytes(), bytes))
                .isInstanceOf(MalformedMutation.class)
                .hasMessageContaining("255");
    }

    @Test
    void everyTruncationIsRefusedOrReadsAsAShorterMutation() {
        byte[] bytes = MutationCodec.encode(FULL);

        for (int length = 0; length < 35; length++) { // up to within the region, which every mutation needs
            byte[] cut = Arrays.copyOf(bytes, length > 31 ? 31 : length);
            assertThatThrownBy(() -> MutationCodec.decode(KEY.bytes(), cut)).isInstanceOf(MalformedMutation.class);
        }
    }

    @Test
    void garbageIsRefusedAndNothingElseHappens() {
        Random random = new Random(7);
        byte[] good = MutationCodec.encode(FULL);
        for (int i = 0; i < 200_000; i++) {
            byte[] bytes = good.clone();
            for (int flips = random.nextInt(4); flips >= 0; flips--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            try {
                assertThat(MutationCodec.decode(KEY.bytes(), bytes).key()).isEqualTo(KEY);
            } catch (MalformedMutation e) {
                assertThat(e).hasMessageNotContaining("null");
            }
        }
    }

    @Test
    void missingAndIllegalPartsAreRefused() {
        byte[] value = MutationCodec.encode(SMALL);

        assertThatThrownBy(() -> MutationCodec.decode(null, value)).isInstanceOf(MalformedMutation.class);
        assertThatThrownBy(() -> MutationCodec.decode(KEY.bytes(), null)).isInstanceOf(MalformedMutation.class);
        assertThatThrownBy(() -> MutationCodec.decode("a b".getBytes(StandardCharsets.UTF_8), value))
                .isInstanceOf(MalformedMutation.class);
        assertThatThrownBy(() -> MutationCodec.decode(new byte[251], value)).isInstanceOf(MalformedMutation.class);
        assertThatThrownBy(() -> MutationCodec.decode(KEY.bytes(), with(value, 0, 0x00)))
                .isInstanceOf(MalformedMutation.class);
        assertThatThrownBy(() -> MutationCodec.decode(KEY.bytes(), with(value, 1, 2)))
                .isInstanceOf(MalformedMutation.class)
                .hasMessageContaining("schema 2");
        assertThatThrownBy(() -> MutationCodec.decode(KEY.bytes(), with(value, 2, 9)))
                .isInstanceOf(MalformedMutation.class);
        assertThatThrownBy(() -> MutationCodec.decode(KEY.bytes(), with(value, 11, 0x80)))
                .as("a version below zero")
                .isInstanceOf(MalformedMutation.class);
    }

    @Test
    void aMutationOfFortyByteKeyStaysSmall() {
        Mutation mutation = new Mutation(
                Operation.SET, Key.of("k".repeat(40)), VERSION, 1, 1, "eu-west-1", "eu-west-1a", List.of());

        assertThat(MutationCodec.encode(mutation)).hasSizeLessThanOrEqualTo(48);
    }

    private static byte[] with(byte[] bytes, int at, int value) {
        byte[] changed = bytes.clone();
        changed[at] = (byte) value;
        return changed;
    }

    private static byte[] append(byte[] bytes, int... more) {
        byte[] longer = Arrays.copyOf(bytes, bytes.length + more.length);
        for (int i = 0; i < more.length; i++) {
            longer[bytes.length + i] = (byte) more[i];
        }
        return longer;
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    private static byte[] unhex(String hex) {
        return HexFormat.of().parseHex(hex);
    }

    private static String golden(String name) throws IOException {
        try (InputStream file = requireNonNull(MutationCodecTest.class.getResourceAsStream("/golden/" + name), name)) {
            return new String(file.readAllBytes(), StandardCharsets.US_ASCII).replaceAll("\\s", "");
        }
    }
}
