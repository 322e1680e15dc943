package io.evcache.replication.link;

import io.evcache.core.value.EncodedValue;
import io.evcache.replication.mutation.Mutation.Operation;

/**
 * One key to be written, or deleted, in the other region. Whether the key is legal is checked by whoever applies it, so that one bad entry costs no batch.
 *
 * @param operation a set or a delete
 * @param key 1 to 65,535 bytes; not copied, do not modify
 * @param version of the mutation
 * @param ttlSeconds the remaining life when the value was read, at least 1; {@link #NO_EXPIRY}; ignored for a delete
 * @param value empty for a delete
 */
@SuppressWarnings("ArrayRecordComponent") // owned and never compared; a copy per hop would cost more than it protects
public record BatchEntry(Operation operation, byte[] key, long version, long ttlSeconds, EncodedValue value) {
    /** The life of an item that does not expire. */
    public static final long NO_EXPIRY = -1;

    private static final EncodedValue NOTHING = new EncodedValue(new byte[0], 0);

    public BatchEntry {
        if (operation == Operation.TOUCH) {
            throw new IllegalArgumentException("a touch is sent as a set of the whole item");
        }
        if (key.length == 0 || key.length > 0xFFFF) {
            throw new IllegalArgumentException("key must have 1 to 65535 bytes, has " + key.length);
        }
    }

    /** Returns the entry that stores a value. */
    public static BatchEntry set(byte[] key, long version, long ttlSeconds, EncodedValue value) {
        return new BatchEntry(Operation.SET, key, version, ttlSeconds, value);
    }

    /** Returns the entry that removes a key. */
    public static BatchEntry delete(byte[] key, long version) {
        return new BatchEntry(Operation.DELETE, key, version, NO_EXPIRY, NOTHING);
    }

    /** Returns its length on the wire. */
    public int bytes() {
        return FrameCodec.ENTRY_HEADER_BYTES + key.length + value.length();
    }

    @Override
    public String toString() {
        return operation + " of " + key.length + " bytes of key, " + value;
    }
}
