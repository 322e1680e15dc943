package io.evcache.core.value;

import static java.util.Objects.requireNonNull;

/** Compresses what another codec writes, and inflates before it reads. */
final class CompressedCodec<V> implements Codec<V> {

    private final Codec<V> codec;
    private final Compression compression;

    CompressedCodec(Codec<V> codec, Compression compression) {
        this.codec = codec;
        this.compression = requireNonNull(compression, "compression");
    }

    @Override
    public EncodedValue encode(V value) {
        return compression.compress(codec.encode(value));
    }

    @Override
    public V decode(EncodedValue value) {
        return codec.decode(compression.inflate(value));
    }

    @Override
    public String toString() {
        return codec + " (" + compression + ")";
    }
}
