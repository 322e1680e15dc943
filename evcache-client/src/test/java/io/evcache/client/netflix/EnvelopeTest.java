package io.evcache.client.netflix;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evcache.core.error.CodecFailure;
import io.evcache.core.value.EncodedValue;
import io.evcache.core.value.ValueFlags;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class EnvelopeTest {
    /** Written by Netflix's own class. */
    private static final byte[] PUBLISHED = HexFormat.of()
            .parseHex("aced000573720025636f6d2e6e6574666c69782e657663616368652e706f6f6c2e4556436163686556616c7565"
                    + "2c2a7385e07411c00200054a000a63726561746554696d65490005666c6167734a000374746c4c00036b6579"
                    + "7400124c6a6176612f6c616e672f537472696e673b5b000576616c75657400025b4278700000018bcfe56800"
                    + "0000000000000000000003847400076369643a666f6f757200025b42acf317f8060854e00200007870000000"
                    + "03626172");

    private final Envelope envelope =
            new Envelope("cid:foo", new EncodedValue("bar".getBytes(UTF_8), 0), 900, 1_700_000_000_000L);

    @Test
    void serializedLayoutIsThePublishedOneToTheByte() {
        assertThat(envelope.serialized().bytes()).isEqualTo(PUBLISHED);
        assertThat(envelope.serialized().flags()).isEqualTo(ValueFlags.SERIALIZED);
        assertThat(Envelope.read(new EncodedValue(PUBLISHED, 1))).isEqualTo(envelope);
    }

    @Test
    void compactLayoutIsReadAsWritten() {
        EncodedValue item = envelope.compact();

        assertThat(item.bytes()).startsWith(0x0C, 0, 0, 0, 0, 7, 'c').hasSize(2 + 4 + 7 + 4 + 3 + 4 + 8 + 8);
        assertThat(Envelope.read(item)).isEqualTo(envelope);
    }

    @Test
    void whatComesBehindTheCompactLayoutIsIgnored() {
        byte[] longer = Arrays.copyOf(envelope.compact().bytes(), 100);

        assertThat(Envelope.read(new EncodedValue(longer, 1))).isEqualTo(envelope);
    }

    @Test
    void charactersOutsideTheBasicPlaneSurviveInBothLayouts() {
        Envelope wide = new Envelope("cid:é🙂", new EncodedValue(new byte[0], 0x0802), 0, 1);

        assertThat(Envelope.read(wide.serialized())).isEqualTo(wide);
        assertThat(Envelope.read(wide.compact())).isEqualTo(wide);
    }

    @Test
    void everyOtherOrShorterValueIsRefusedAndNothingElseIsThrown() {
        for (byte[] whole : new byte[][] {PUBLISHED, envelope.compact().bytes()}) {
            for (int length = 0; length < whole.length; length++) {
                EncodedValue cut = new EncodedValue(Arrays.copyOf(whole, length), 1);
                assertThatThrownBy(() -> Envelope.read(cut)).isInstanceOf(CodecFailure.class);
            }
        }
        assertThatThrownBy(() -> Envelope.read(new EncodedValue(PUBLISHED, 0)))
                .isInstanceOf(CodecFailure.class)
                .hasMessageContaining("181 bytes");
        byte[] huge = PUBLISHED.clone();
        huge[huge.length - 7] = 0x7F; // the length of the value
        assertThatThrownBy(() -> Envelope.read(new EncodedValue(huge, 1))).isInstanceOf(CodecFailure.class);
    }
}
