package io.evcache.spymemcached;

import static java.util.Objects.requireNonNull;

import io.evcache.core.error.CodecFailure;
import io.evcache.core.value.Codec;
import io.evcache.core.value.EncodedValue;
import io.evcache.core.value.ValueFlags;
import net.spy.memcached.CachedData;
import net.spy.memcached.transcoders.Transcoder;
import org.jspecify.annotations.Nullable;

/**
 * A spymemcached {@code Transcoder} as a codec: the same bytes and flags, so that an application can keep its own transcoder while it moves. Two things differ: an empty value without flags is
 * stored with the mark {@link ValueFlags#EMPTY}, which spymemcached's own transcoders ignore; and of the flags bits 16 to 30 are this library's, so values that have one are refused.
 *
 * <p>Runs on the thread of the caller, whatever {@code asyncDecode} says. The transcoder must be safe for use by several threads at once; spymemcached's own are. Note that theirs decode serialised Java
 * objects of any class, which this library's codecs do not.
 *
 * @param <T> the type of the values
 */
public final class TranscoderCodec<T> implements Codec<T> {
    private final Transcoder<T> transcoder;

    private TranscoderCodec(Transcoder<T> transcoder) {
        this.transcoder = transcoder;
    }

    /** Returns the codec that does what the transcoder does. */
    public static <T> TranscoderCodec<T> of(Transcoder<T> transcoder) {
        return new TranscoderCodec<>(requireNonNull(transcoder, "transcoder"));
    }

    /**
     * Encodes with the transcoder.
     *
     * @throws CodecFailure if it throws, the value is larger than its {@code getMaxSize}, or the flags have a bit of {@link ValueFlags#OWN_MARKS_MASK}
     */
    @Override
    public EncodedValue encode(T value) {
        CachedData data;
        try {
            data = transcoder.encode(value);
        } catch (RuntimeException e) {
            throw new CodecFailure(transcoder.getClass().getName() + " cannot encode this value: " + e.getMessage(), e);
        }
        if ((data.getFlags() & ValueFlags.OWN_MARKS_MASK)
                != 0) { // it would be read as a mark, so as another value or none
            throw new CodecFailure(transcoder.getClass().getName() + " gives this value the flags "
                    + ValueFlags.describe(data.getFlags()) + ", and bits 16 to 30 are taken");
        }
        return new EncodedValue(data.getData(), data.getFlags());
    }

    /**
     * Decodes with the transcoder.
     *
     * @throws CodecFailure if it throws or makes nothing of the bytes
     */
    @Override
    public T decode(EncodedValue value) {
        @Nullable T decoded;
        try {
            int limit = Math.max(transcoder.getMaxSize(), value.length());
            decoded = transcoder.decode(new CachedData(value.flags(), value.bytes(), limit));
        } catch (RuntimeException e) {
            throw new CodecFailure(transcoder.getClass().getName() + " cannot decode " + value, e);
        }
        if (decoded == null) {
            throw new CodecFailure(transcoder.getClass().getName() + " makes nothing of " + value);
        }
        return decoded;
    }

    @Override
    public String toString() {
        return "Transcoder(" + transcoder.getClass().getName() + ")";
    }
}
