package io.evcache.core.value;

import io.evcache.core.error.CodecFailure;

/**
 * A {@code long} as packed bytes, and the other forms in which whole numbers are found in caches.
 *
 * <pre>
 * flags    payload
 * 0x0300   0–8 bytes, big endian, leading zero bytes removed; negative numbers keep all 8
 * 0x0200   0–4 bytes, the same of an int
 * 0        optional minus, decimal digits, blanks (memcached pads a counter that a decrement made shorter)
 * </pre>
 */
final class Int64Codec implements Codec<Long> {

    static final Int64Codec INSTANCE = new Int64Codec();

    private Int64Codec() {}

    @Override
    public EncodedValue encode(Long value) {
        return new EncodedValue(PackedNumber.pack((long) value), ValueFlags.LONG);
    }

    @Override
    public Long decode(EncodedValue value) {
        return switch (value.flags()) {
            case ValueFlags.LONG -> PackedNumber.unpack(value, Long.BYTES);
            case ValueFlags.INT -> (long) (int) PackedNumber.unpack(value, Integer.BYTES);
            case ValueFlags.STRING -> parse(value);
            default -> throw FlagMismatch.of(value, "a whole number");
        };
    }

    private static long parse(EncodedValue value) {
        byte[] text = value.bytes();
        int end = text.length;
        while (end > 0 && text[end - 1] == ' ') {
            end--;
        }
        boolean negative = end > 0 && text[0] == '-';
        int start = negative ? 1 : 0;
        if (start == end) {
            throw notDecimal(value);
        }
        long number = 0; // counted downwards, because there is one more negative number than positive ones
        for (int i = start; i < end; i++) {
            int digit = text[i] - '0';
            if (digit < 0 || digit > 9) {
                throw notDecimal(value);
            }
            boolean fits = number >= Long.MIN_VALUE / 10 && number * 10 >= Long.MIN_VALUE + digit;
            if (!fits) {
                throw outOfRange(value);
            }
            number = number * 10 - digit;
        }
        if (negative) {
            return number;
        }
        if (number == Long.MIN_VALUE) {
            throw outOfRange(value);
        }
        return -number;
    }

    private static CodecFailure notDecimal(EncodedValue value) {
        return new CodecFailure("value of " + value.length() + " bytes with flags " + ValueFlags.describe(value.flags())
                + " is not a decimal number");
    }

    private static CodecFailure outOfRange(EncodedValue value) {
        return new CodecFailure("decimal number of " + value.length() + " bytes with flags "
                + ValueFlags.describe(value.flags()) + " does not fit a long");
    }

    @Override
    public String toString() {
        return "Int64";
    }
}
