package io.evcache.core.value.protobuf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.StringValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.evcache.core.error.CodecFailure;
import io.evcache.core.value.Codec;
import io.evcache.core.value.CodecContract;
import io.evcache.core.value.EncodedValue;
import io.evcache.core.value.ValueFlags;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** With messages that come with the library, so that no generated code is needed. */
class ProtobufCodecTest extends CodecContract<Struct> {

    private final ProtobufCodec<Struct> codec = ProtobufCodec.of(Struct.parser());

    @Override
    protected Codec<Struct> codec() {
        return codec;
    }

    @Override
    protected List<Struct> samples() {
        return List.of(Struct.getDefaultInstance(), struct("", 0), struct("été ☃ 😀".repeat(1_000), Double.MIN_VALUE));
    }

    @Override
    protected Struct random(Random random) {
        return struct(Long.toString(random.nextLong(), 36), random.nextGaussian());
    }

    @Test
    void messageIsStoredAsItsBytes() {
        StringValue message = StringValue.of("a");

        EncodedValue encoded = ProtobufCodec.of(StringValue.parser()).encode(message);

        assertThat(encoded).isEqualTo(new EncodedValue(new byte[] {0x0A, 1, 'a'}, ValueFlags.BYTES));
    }

    @Test
    void bytesWithoutFlagsAreRead() {
        Struct message = struct("a", 1);

        assertThat(codec.decode(new EncodedValue(message.toByteArray(), 0))).isEqualTo(message);
    }

    @Test
    void messageThatIsCutOffIsRefused() {
        EncodedValue encoded = codec.encode(struct("text", 1));
        byte[] cut = Arrays.copyOf(encoded.bytes(), encoded.length() - 1);

        assertThatThrownBy(() -> codec.decode(new EncodedValue(cut, encoded.flags())))
                .isInstanceOf(CodecFailure.class)
                .hasMessageContaining("not a message");
    }

    private static Struct struct(String text, double number) {
        return Struct.newBuilder()
                .putFields("text", Value.newBuilder().setStringValue(text).build())
                .putFields("number", Value.newBuilder().setNumberValue(number).build())
                .build();
    }
}
