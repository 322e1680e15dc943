package io.evcache.spymemcached;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evcache.core.error.CodecFailure;
import io.evcache.core.value.Codec;
import io.evcache.core.value.EncodedValue;
import io.evcache.core.value.ValueFlags;
import java.util.Date;
import java.util.List;
import net.spy.memcached.CachedData;
import net.spy.memcached.transcoders.LongTranscoder;
import net.spy.memcached.transcoders.SerializingTranscoder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TranscoderCodecTest {
    @SuppressWarnings("JavaUtilDate") // what the transcoder has a type for
    private static final List<Object> VALUES = List.of(
            "text",
            "",
            "日本",
            "x".repeat(10_000),
            true,
            (byte) 7,
            0,
            256,
            -1,
            5_000_000_000L,
            1.0f,
            1.5,
            new Date(1_700_000_000_000L));

    private final SerializingTranscoder transcoder = new SerializingTranscoder();
    private final TranscoderCodec<Object> codec = TranscoderCodec.of(transcoder);

    @Test
    void writesTheTranscodersBytesAndFlags() {
        for (Object value : VALUES) {
            CachedData theirs = transcoder.encode(value);

            EncodedValue ours = codec.encode(value);

            assertThat(ours).as("%s", value).isEqualTo(new EncodedValue(theirs.getData(), theirs.getFlags()));
        }
    }

    @Test
    void readsWhatTheTranscoderWrote() {
        for (Object value : VALUES) {
            CachedData theirs = transcoder.encode(value);

            assertThat(codec.decode(new EncodedValue(theirs.getData(), theirs.getFlags())))
                    .as("%s", value)
                    .isEqualTo(value);
        }
    }

    @Test
    void transcoderReadsWhatTheCodecWrote() {
        for (Object value : VALUES) {
            EncodedValue ours = codec.encode(value);

            assertThat(transcoder.decode(new CachedData(ours.flags(), ours.bytes(), CachedData.MAX_SIZE)))
                    .as("%s", value)
                    .isEqualTo(value);
        }
    }

    @Test
    void agreesWithTheCodecsOfThisLibrary() {
        assertThat(codec.encode("text")).isEqualTo(Codec.utf8().encode("text"));
        assertThat(codec.encode(5_000_000_000L)).isEqualTo(Codec.int64().encode(5_000_000_000L));
        byte[] bytes = {1, 2, 3};
        assertThat(codec.encode(bytes)).isEqualTo(Codec.bytes().encode(bytes));
        assertThat((byte[]) codec.decode(Codec.bytes().encode(bytes))).isEqualTo(bytes);
    }

    @Test
    void whatTheTranscoderCannotReadIsACodecFailureThatNamesTheFlags() {
        TranscoderCodec<Long> longs = TranscoderCodec.of(new LongTranscoder());

        assertThatThrownBy(() -> longs.decode(new EncodedValue(new byte[] {1}, ValueFlags.BYTES)))
                .isInstanceOf(CodecFailure.class)
                .hasMessageContaining("LongTranscoder")
                .hasMessageContaining("bytes");
    }

    /** The flags of a mark were stored, and the value was then read as known to be absent. */
    @ParameterizedTest
    @ValueSource(ints = {ValueFlags.MANIFEST, ValueFlags.EMPTY, ValueFlags.KNOWN_ABSENT, 1 << 30})
    void flagsThatAreMarksOfThisLibraryAreRefused(int flags) {
        TranscoderCodec<Object> marking = TranscoderCodec.of(new SerializingTranscoder() {
            @Override
            public CachedData encode(Object value) {
                return new CachedData(flags, new byte[1], getMaxSize());
            }
        });

        assertThatThrownBy(() -> marking.encode("text"))
                .isInstanceOf(CodecFailure.class)
                .hasMessageContaining(ValueFlags.describe(flags));
    }

    @Test
    void whatTheTranscoderCannotWriteIsACodecFailure() {
        TranscoderCodec<Object> small = TranscoderCodec.of(new SerializingTranscoder(10));

        assertThatThrownBy(() -> small.encode("x".repeat(11)))
                .isInstanceOf(CodecFailure.class)
                .hasMessageContaining("cannot encode")
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("xxxx"));
        assertThatThrownBy(() -> small.encode(new Object())).isInstanceOf(CodecFailure.class);
    }
}
