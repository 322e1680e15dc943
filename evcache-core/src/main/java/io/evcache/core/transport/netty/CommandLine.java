package io.evcache.core.transport.netty;

import io.evcache.core.key.Key;
import io.netty.buffer.ByteBuf;

/**
 * The line of one command while it is put together: a plain array, which goes to the buffer of the batch in one copy. Each byte put into the buffer by itself would be
 * checked against the buffer's bounds, life and owner. Confined to who may write to the connection.
 */
final class CommandLine {
    /** What any command takes at most beside its key: six flags with numbers of up to 20 digits, and some without. */
    static final int MAX_BYTES_BESIDE_KEY = 160;

    private final byte[] bytes = new byte[MAX_BYTES_BESIDE_KEY + Key.MAX_BYTES];
    private int length;

    /** Begins a new line with the verb, a letter behind the {@code m}, and the key. */
    void start(char verb, byte[] key) {
        bytes[0] = 'm';
        bytes[1] = (byte) verb;
        bytes[2] = ' ';
        System.arraycopy(key, 0, bytes, 3, key.length);
        length = 3 + key.length;
    }

    /** Appends a blank and a flag without a token. */
    void flag(char name) {
        bytes[length] = ' ';
        bytes[length + 1] = (byte) name;
        length += 2;
    }

    /** Appends a blank and a flag whose token is a letter. */
    void flag(char name, char token) {
        flag(name);
        bytes[length++] = (byte) token;
    }

    /** Appends a blank and a flag whose token is a number, unsigned. */
    void flag(char name, long token) {
        flag(name);
        length = Decimal.write(bytes, length, token);
    }

    /** Appends a blank and a number, unsigned. */
    void number(long number) {
        bytes[length++] = ' ';
        length = Decimal.write(bytes, length, number);
    }

    /** Ends the line and copies it. */
    void writeTo(ByteBuf out) {
        bytes[length] = '\r';
        bytes[length + 1] = '\n';
        out.writeBytes(bytes, 0, length + 2);
    }
}
