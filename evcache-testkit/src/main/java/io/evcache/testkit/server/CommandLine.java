package io.evcache.testkit.server;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * One request line, copied out of the network buffer once and split at spaces in place. It stays readable until the
 * next line is read, so a storage command can still look at its flags when its data block is complete.
 *
 * <p>Numbers are read as memcached's {@code strtol} family does: an optional sign, then digits to the end of the token.
 * Confined to its connection.
 */
final class CommandLine {
    private byte[] bytes = new byte[256];
    private int[] starts = new int[16];
    private int[] ends = new int[16];
    private int count;
    private long number;

    /** Takes {@code length} bytes (the line without its newline; a final carriage return is dropped). */
    void read(ByteBuf in, int length) {
        if (bytes.length < length) {
            bytes = new byte[Math.max(length, bytes.length * 2)];
        }
        in.readBytes(bytes, 0, length);
        int end = length > 0 && bytes[length - 1] == '\r' ? length - 1 : length;
        split(end);
    }

    private void split(int end) {
        count = 0;
        int at = 0;
        while (at < end) {
            if (bytes[at] == ' ') {
                at++;
                continue;
            }
            int start = at;
            while (at < end && bytes[at] != ' ') {
                at++;
            }
            add(start, at);
        }
    }

    private void add(int start, int end) {
        if (count == starts.length) {
            starts = Arrays.copyOf(starts, count * 2);
            ends = Arrays.copyOf(ends, count * 2);
        }
        starts[count] = start;
        ends[count] = end;
        count++;
    }

    int count() {
        return count;
    }

    byte[] bytes() {
        return bytes;
    }

    int start(int token) {
        return starts[token];
    }

    int length(int token) {
        return ends[token] - starts[token];
    }

    /** The token's first byte. */
    byte head(int token) {
        return bytes[starts[token]];
    }

    byte at(int token, int index) {
        return bytes[starts[token] + index];
    }

    boolean is(int token, byte[] word) {
        return token < count && Arrays.equals(bytes, starts[token], ends[token], word, 0, word.length);
    }

    /** Whether the last token asks for silence; looked for only behind {@code token}s that the command needs. */
    boolean endsWithNoReply() {
        return count > 1 && is(count - 1, ClassicWords.NOREPLY);
    }

    /** Reads a signed number from the token behind its first {@code skip} bytes. */
    boolean signed(int token, int skip) {
        return parse(token, skip, true);
    }

    /** Reads an unsigned 64-bit number; a minus sign is refused. */
    boolean unsigned(int token, int skip) {
        return parse(token, skip, false);
    }

    /** The number that {@link #signed} or {@link #unsigned} read last. */
    long number() {
        return number;
    }

    private boolean parse(int token, int skip, boolean signed) {
        int at = starts[token] + skip;
        int end = ends[token];
        boolean negative = at < end && bytes[at] == '-';
        if (negative || (at < end && bytes[at] == '+')) {
            at++;
        }
        if (at == end || (negative && !signed)) {
            return false;
        }
        long value = 0;
        for (; at < end; at++) {
            int digit = bytes[at] - '0';
            if (digit < 0 || digit > 9 || overflows(value, digit, signed)) {
                return false;
            }
            value = value * 10 + digit;
        }
        number = negative ? -value : value;
        return true;
    }

    private static boolean overflows(long value, int digit, boolean signed) {
        if (signed) {
            return value > (Long.MAX_VALUE - digit) / 10;
        }
        return Long.compareUnsigned(value, Long.divideUnsigned(-1L - digit, 10)) > 0;
    }
}
