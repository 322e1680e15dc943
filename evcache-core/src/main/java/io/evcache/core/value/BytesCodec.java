package io.evcache.core.value;

/** Bytes as they are. */
final class BytesCodec implements Codec<byte[]> {

    static final BytesCodec INSTANCE = new BytesCodec();

    private BytesCodec() {}

    @Override
    public EncodedValue encode(byte[] value) {
        return new EncodedValue(value, ValueFlags.BYTES);
    }

    @Override
    public byte[] decode(EncodedValue value) {
        if (value.flags() != ValueFlags.BYTES && value.flags() != ValueFlags.STRING) {
            throw FlagMismatch.of(value, "bytes");
        }
        return value.bytes();
    }

    @Override
    public String toString() {
        return "Bytes";
    }
}
