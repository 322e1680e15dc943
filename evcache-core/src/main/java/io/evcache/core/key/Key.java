package io.evcache.core.key;

import static java.util.Objects.requireNonNull;

import io.evcache.core.error.IllegalKeyException;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * The name of one item, as the exact bytes that memcached sees.
 *
 * <p>A key has 1 to {@value #MAX_BYTES} bytes, each greater than {@code 0x20} and other than {@code 0x7F}. That is
 * what the text protocol can carry on every server version, and what keeps a key from ending its protocol line and
 * starting another command. Bytes from {@code 0x80} on are allowed and need not be valid UTF-8.
 *
 * <p>Immutable as long as nobody writes to {@link #bytes()}; safe for use by any thread. Usually made by a {@link
 * KeyScheme}; {@link #ofBytes} is for keys that come from elsewhere, such as the network, and checks them the same way.
 */
public final class Key {

    /** The longest key memcached accepts, in bytes, a namespace included. */
    public static final int MAX_BYTES = 250;

    private static final int MD5_BYTES = 16;

    // The values are classes of the JDK on purpose: a thread that outlives this library's class loader keeps
    // nothing of it alive.
    private static final ThreadLocal<MessageDigest> MD5 = ThreadLocal.withInitial(Key::newMd5);
    private static final ThreadLocal<byte[]> MD5_RESULT = ThreadLocal.withInitial(() -> new byte[MD5_BYTES]);

    private final byte[] bytes;

    // 0 means "not computed yet"; a key that really hashes to 0 is hashed again each time. A race computes it twice.
    private int ringHash;

    private int hashCode;

    private Key(byte[] bytes) {
        this.bytes = bytes;
    }

    /**
     * The key with this text, encoded as UTF-8, without any namespace.
     *
     * @throws IllegalKeyException if the text is empty, longer than {@value #MAX_BYTES} bytes, holds whitespace or
     *     control characters of ASCII, or an unpaired surrogate
     */
    public static Key of(String wireText) {
        return KeyScheme.plain().key(wireText);
    }

    /**
     * The key with these bytes. The array is not copied; do not modify it.
     *
     * @throws IllegalKeyException if there are none or more than {@value #MAX_BYTES}, or one is forbidden
     */
    public static Key ofBytes(byte[] wireBytes) {
        requireNonNull(wireBytes, "wireBytes");
        KeyRules.requireLegal(wireBytes);
        return new Key(wireBytes);
    }

    /** For {@link KeyScheme}, which checks while it encodes. */
    static Key checked(byte[] wireBytes) {
        return new Key(wireBytes);
    }

    /** The bytes that go over the wire. Not a copy: do not modify them. */
    public byte[] bytes() {
        return bytes;
    }

    /** The number of bytes, 1 to {@value #MAX_BYTES}. */
    public int length() {
        return bytes.length;
    }

    /**
     * Where the key falls on a Ketama ring: the first four bytes of the MD5 of {@link #bytes()}, little endian. The
     * {@code int} holds an unsigned 32-bit number. Computed on first use and kept; allocates nothing.
     */
    public int ringHash() {
        int hash = ringHash;
        if (hash == 0) {
            hash = md5Head(bytes, bytes.length);
            ringHash = hash;
        }
        return hash;
    }

    /**
     * Where a key of only the first {@code length} bytes would fall, for rings that keep keys of one beginning together. Computed each time, in a fraction
     * of a microsecond; allocates nothing.
     *
     * @param length 1 to {@link #length()}
     */
    public int ringHash(int length) {
        return length == bytes.length ? ringHash() : md5Head(bytes, length);
    }

    private static int md5Head(byte[] bytes, int length) {
        MessageDigest md5 = MD5.get();
        byte[] result = MD5_RESULT.get();
        md5.update(bytes, 0, length);
        try {
            md5.digest(result, 0, MD5_BYTES);
        } catch (DigestException e) {
            throw new IllegalStateException("MD5 does not fit " + MD5_BYTES + " bytes", e);
        }
        return (result[0] & 0xFF) | (result[1] & 0xFF) << 8 | (result[2] & 0xFF) << 16 | (result[3] & 0xFF) << 24;
    }

    private static MessageDigest newMd5() {
        try {
            return MessageDigest.getInstance("MD5");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has MD5", e);
        }
    }

    @Override
    public boolean equals(Object other) {
        return this == other || (other instanceof Key key && Arrays.equals(bytes, key.bytes));
    }

    @Override
    public int hashCode() {
        int hash = hashCode;
        if (hash == 0) {
            hash = Arrays.hashCode(bytes);
            hashCode = hash;
        }
        return hash;
    }

    /** The key as text for logs and messages: on one line, whatever the bytes are, and so not always reversible. */
    @Override
    public String toString() {
        return KeyRules.printable(bytes);
    }
}
