package io.evcache.core.value;

import io.evcache.core.error.CodecFailure;

/**
 * Turns values of one type into what memcached stores, and back.
 *
 * <p>Implementations must be safe for use by several threads at once and must not block: they run on the thread of the
 * caller, within the deadline of the call. {@link #decode} must expect bytes that anybody wrote, check the flags before the
 * bytes, and refuse flags that it does not know with a {@link CodecFailure} rather than guess; it must never choose a class
 * by what it finds in the bytes. What was encoded must decode to an equal value.
 *
 * <p>The built-in codecs write the layout of the EVCache and spymemcached transcoders and read it from them. Compressed values are refused
 * unless the codec is {@link #compressed}, and serialised Java objects always, but for {@link StandardCodec} with a list of what it may read.
 *
 * @param <V> the type of the values
 */
public interface Codec<V> {

    /**
     * Encodes a value; the caller owns the result.
     *
     * @throws CodecFailure if this value cannot be encoded
     */
    EncodedValue encode(V value);

    /**
     * Decodes what {@link #encode}, perhaps of an older release or of another client, produced. Must not modify or keep the array of the
     * argument.
     *
     * @throws CodecFailure if the flags or the bytes are not what this codec reads; its message names the flags and never the content
     */
    V decode(EncodedValue value);

    /**
     * Returns this codec with compression: values above the threshold are written compressed where that makes them smaller, and compressed values,
     * gzip or zstd, are read. Compressing and inflating happen on the thread of the caller.
     */
    default Codec<V> compressed(Compression compression) {
        return new CompressedCodec<>(this, compression);
    }

    /** Text as UTF-8 with flags 0. Text with an unpaired surrogate and bytes that are not UTF-8 are refused, never replaced. */
    static Codec<String> utf8() {
        return Utf8Codec.INSTANCE;
    }

    /**
     * Bytes as they are, with flags {@link ValueFlags#BYTES}. Reads values with flags 0 too, since many clients store raw bytes that way.
     *
     * <p>No copy is made in either direction: the array given is the array stored, and the array read belongs to the
     * value. With a near cache, or with several readers of one result, do not modify it.
     */
    static Codec<byte[]> bytes() {
        return BytesCodec.INSTANCE;
    }

    /**
     * A {@code long} with flags {@link ValueFlags#LONG}: big endian without leading zero bytes, zero being no bytes at all.
     * Also reads {@link ValueFlags#INT}, and decimal digits with flags 0 and trailing blanks, which is what
     * counters look like; a counter above {@link Long#MAX_VALUE} is refused. memcached cannot increment what this codec writes.
     */
    static Codec<Long> int64() {
        return Int64Codec.INSTANCE;
    }
}
