package io.evcache.core.value;

import io.evcache.core.error.CodecFailure;

/** Numbers as the published transcoders pack them: big endian, leading zero bytes removed, so that zero is no bytes at all and negative numbers keep all. */
final class PackedNumber {

    private PackedNumber() {}

    static byte[] pack(long number) {
        int length = Long.BYTES - Long.numberOfLeadingZeros(number) / Byte.SIZE;
        byte[] packed = new byte[length];
        long rest = number;
        for (int i = length - 1; i >= 0; i--) {
            packed[i] = (byte) rest;
            rest >>>= Byte.SIZE;
        }
        return packed;
    }

    /** The packed form of 32 bits; for {@code -1} that is four bytes, not eight. */
    static byte[] pack(int number) {
        return pack(Integer.toUnsignedLong(number));
    }

    /** Reads up to {@code maxBytes}; the caller casts to the type that it expects. */
    static long unpack(EncodedValue value, int maxBytes) {
        if (value.length() > maxBytes) {
            throw new CodecFailure("a number with flags " + ValueFlags.describe(value.flags()) + " has at most "
                    + maxBytes + " bytes, this value has " + value.length());
        }
        long number = 0;
        for (byte b : value.bytes()) {
            number = number << Byte.SIZE | (b & 0xFF);
        }
        return number;
    }
}
