package io.evcache.testkit.server;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A key's bytes as a map key. One mutable instance serves all look-ups of a store, so that a hit allocates nothing. */
final class ItemKey {
    private byte[] bytes;
    private int offset;
    private int length;
    private int hash;

    private ItemKey(byte[] bytes, int offset, int length) {
        this.bytes = bytes;
        point(bytes, offset, length);
    }

    /** An owned copy, fit to be kept. */
    static ItemKey copyOf(byte[] bytes, int offset, int length) {
        return new ItemKey(Arrays.copyOfRange(bytes, offset, offset + length), 0, length);
    }

    /** An instance to be pointed at bytes of others before each look-up. */
    static ItemKey probe() {
        return new ItemKey(Words.NONE, 0, 0);
    }

    /** Call on a probe only. */
    ItemKey point(byte[] bytes, int offset, int length) {
        this.bytes = bytes;
        this.offset = offset;
        this.length = length;
        int h = 1;
        for (int i = offset; i < offset + length; i++) {
            h = 31 * h + bytes[i];
        }
        this.hash = h;
        return this;
    }

    /** The bytes of an owned copy; not to be modified. */
    byte[] bytes() {
        return bytes;
    }

    int length() {
        return length;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ItemKey that
                && hash == that.hash
                && Arrays.equals(bytes, offset, offset + length, that.bytes, that.offset, that.offset + that.length);
    }

    @Override
    public int hashCode() {
        return hash;
    }
}
