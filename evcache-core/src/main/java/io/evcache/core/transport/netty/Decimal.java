package io.evcache.core.transport.netty;

/** Decimal numbers as bytes, without a {@code String} between. */
final class Decimal {
    private Decimal() {}

    /** Writes the number as an unsigned 64-bit value at {@code to}. Returns where it ends. */
    static int write(byte[] bytes, int to, long number) {
        if (number < 0) {
            long tens = Long.divideUnsigned(number, 10);
            int end = write(bytes, to, tens);
            bytes[end] = (byte) ('0' + (number - tens * 10));
            return end + 1;
        }
        int end = to + digits(number);
        long left = number;
        for (int i = end - 1; i >= to; i--) {
            long tens = left / 10;
            bytes[i] = (byte) ('0' + (left - tens * 10));
            left = tens;
        }
        return end;
    }

    /**
     * Reads the digits from {@code from} to {@code to}.
     *
     * @return the number as an unsigned 64-bit value
     * @throws NumberFormatException on anything but 1 to 20 digits, or a value of 2^64 or more
     */
    static long read(byte[] line, int from, int to) {
        int length = to - from;
        if (length < 1 || length > 20) {
            throw new NumberFormatException("expected 1 to 20 digits, found " + length + " bytes");
        }
        long number = 0;
        for (int i = from; i < to; i++) {
            int digit = line[i] - '0';
            if (digit < 0 || digit > 9) {
                throw new NumberFormatException("expected a digit, found byte " + line[i]);
            }
            if (length == 20 && i == to - 1 && overflows(number, digit)) {
                throw new NumberFormatException("number over 64 bits");
            }
            number = number * 10 + digit;
        }
        return number;
    }

    private static boolean overflows(long number, int digit) {
        int compared = Long.compareUnsigned(number, 1_844_674_407_370_955_161L);
        return compared > 0 || (compared == 0 && digit > 5);
    }

    private static int digits(long number) {
        int digits = 1;
        for (long above = 10; number >= above && digits < 19; above *= 10) {
            digits++;
        }
        return digits;
    }
}
