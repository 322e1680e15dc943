package io.evcache.testkit.server;

import java.util.Arrays;

/** Unsigned 64-bit numbers as decimal ASCII, without a {@code String} on the way. */
final class Decimal {
    private static final int MAX_DIGITS = 20;

    private Decimal() {}

    /** Writes the digits to the end of {@code target} (20 bytes) and returns the index of the first. */
    static int write(long value, byte[] target) {
        int at = target.length;
        long rest = value;
        while (rest < 0) {
            long quotient = Long.divideUnsigned(rest, 10);
            target[--at] = (byte) ('0' + (int) (rest - quotient * 10));
            rest = quotient;
        }
        do {
            target[--at] = (byte) ('0' + (int) (rest % 10));
            rest /= 10;
        } while (rest != 0);
        return at;
    }

    static byte[] bytes(long value) {
        byte[] digits = new byte[MAX_DIGITS];
        return Arrays.copyOfRange(digits, write(value, digits), MAX_DIGITS);
    }

    /**
     * Whether the value is a number that {@code incr} accepts: at most 20 bytes, digits, then nothing or spaces (which
     * a decrement leaves behind).
     */
    static boolean isNumber(byte[] value) {
        int digits = digits(value);
        if (digits == 0 || value.length > MAX_DIGITS) {
            return false;
        }
        if (digits < value.length && value[digits] != ' ') {
            return false;
        }
        return digits < MAX_DIGITS || Arrays.compare(value, 0, digits, MAX, 0, MAX.length) <= 0;
    }

    private static final byte[] MAX = Words.ascii("18446744073709551615");

    /** The value's leading digits; call only when {@link #isNumber} agrees. */
    static long parse(byte[] value) {
        long number = 0;
        int digits = digits(value);
        for (int i = 0; i < digits; i++) {
            number = number * 10 + (value[i] - '0');
        }
        return number;
    }

    private static int digits(byte[] value) {
        int at = 0;
        while (at < value.length && value[at] >= '0' && value[at] <= '9') {
            at++;
        }
        return at;
    }
}
