package io.evcache.core.value;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;

/**
 * A value as memcached stores it: bytes, and flags that say what the bytes are (see {@link ValueFlags}).
 *
 * <p>The array is not copied, neither on the way in nor on the way out; do not modify it. Under that condition
 * immutable and safe for any thread. Equal by content.
 */
public final class EncodedValue {

    private final byte[] bytes;
    private final int flags;

    /**
     * Creates a value around the array.
     *
     * @param bytes the payload, possibly empty; owned by this value from now on
     * @param flags all 32 bits go to the server; negative numbers are not readable by every client
     */
    public EncodedValue(byte[] bytes, int flags) {
        this.bytes = requireNonNull(bytes, "bytes");
        this.flags = flags;
    }

    /** The payload. Not a copy: do not modify it. */
    public byte[] bytes() {
        return bytes;
    }

    /** The 32 bits that memcached keeps beside the payload; {@link ValueFlags} says what they mean. */
    public int flags() {
        return flags;
    }

    /** The number of bytes of the payload. */
    public int length() {
        return bytes.length;
    }

    @Override
    public boolean equals(Object other) {
        return this == other
                || (other instanceof EncodedValue value && flags == value.flags && Arrays.equals(bytes, value.bytes));
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(bytes) + flags;
    }

    /** Size and flags; never the content. */
    @Override
    public String toString() {
        return "EncodedValue(" + bytes.length + " bytes, flags " + ValueFlags.describe(flags) + ")";
    }
}
