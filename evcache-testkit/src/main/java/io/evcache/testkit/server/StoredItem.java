package io.evcache.testkit.server;

import org.jspecify.annotations.Nullable;

/** One item and its place in the LRU list. Guarded by the {@link ItemStore} that holds it. */
final class StoredItem {
    /** What the real server spends on an item besides key, value and flags: header, CAS, a NUL and the final CRLF. */
    private static final int OVERHEAD_BYTES = 48 + 8 + 1 + 2;

    private static final int LARGEST_SLAB_BYTES = 524_288;

    final ItemKey key;
    final boolean binaryKey;
    byte[] value;
    int flags;
    long cas;
    /** Second on the server's clock, 0 for never. */
    long expiry;
    /** Second of the last store or counted access. */
    long time;

    boolean stale;
    boolean winTokenSent;
    boolean fetched;
    boolean active;

    @Nullable
    StoredItem newer;

    @Nullable
    StoredItem older;

    StoredItem(ItemKey key, boolean binaryKey, byte[] value) {
        this.key = key;
        this.binaryKey = binaryKey;
        this.value = value;
    }

    long bytes() {
        return bytes(key.length(), flags, value.length);
    }

    static long bytes(int keyLength, int flags, int valueLength) {
        return (long) OVERHEAD_BYTES + keyLength + (flags == 0 ? 0 : 4) + valueLength;
    }

    /** The class a default slab layout puts the item in: from 96 bytes up by a factor of 1.25, multiples of 8. */
    long slabClass() {
        long slab = 1;
        int size = 96;
        while (size < bytes() && size < LARGEST_SLAB_BYTES) {
            int next = (int) (size * 1.25);
            size = (next + 7) / 8 * 8;
            size = size > LARGEST_SLAB_BYTES / 1.25 ? LARGEST_SLAB_BYTES : size;
            slab++;
        }
        return slab;
    }
}
