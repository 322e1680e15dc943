package io.evcache.testkit.server;

import java.util.Base64;

/** {@code me}: one line about an item, without counting as a use of it. Guarded by the store's monitor. */
final class MetaDebug {
    private static final int LARGEST_SLAB_BYTES = 524_288;

    private final Dialect dialect;
    private final ItemStore store;
    private final CommandLine line;
    private final MetaFlags flags;
    private final ReplyBuffer out;

    MetaDebug(Dialect dialect, ItemStore store, CommandLine line, MetaFlags flags, ReplyBuffer out) {
        this.dialect = dialect;
        this.store = store;
        this.line = line;
        this.flags = flags;
        this.out = out;
    }

    void run() {
        boolean encoded = line.count() > 2 && line.length(2) == 1 && line.head(2) == 'b';
        if (encoded && flags.decodeKey(line).length != 0) {
            out.put(Words.BAD_FORMAT);
            return;
        }
        StoredItem item = encoded
                ? store.find(flags.keySource, flags.keyOffset, flags.keyLength)
                : store.find(line.bytes(), line.start(1), line.length(1));
        if (item == null) {
            out.put(Words.EN).crlf();
            return;
        }
        byte[] key = item.binaryKey ? Base64.getEncoder().encode(item.key.bytes()) : item.key.bytes();
        out.text("ME ").put(key).text(" exp=").signed(exp(item));
        out.text(" la=").unsigned(store.clock().now() - item.time);
        out.text(" cas=").unsigned(item.cas).text(item.fetched ? " fetch=yes" : " fetch=no");
        out.text(" cls=")
                .unsigned(slabClass(item.bytes()))
                .text(" size=")
                .unsigned(item.bytes())
                .crlf();
    }

    private long exp(StoredItem item) {
        if (item.expiry == 0) {
            return -1;
        }
        long left = item.expiry - store.clock().now();
        return dialect.expiryAsTimeLeft() ? left : -left;
    }

    /** The class a default slab layout puts such an item in: from 96 bytes up by a factor of 1.25, multiples of 8. */
    private static long slabClass(long bytes) {
        long slab = 1;
        int size = 96;
        while (size < bytes && size < LARGEST_SLAB_BYTES) {
            int next = (int) (size * 1.25);
            size = (next + 7) / 8 * 8;
            size = size > LARGEST_SLAB_BYTES / 1.25 ? LARGEST_SLAB_BYTES : size;
            slab++;
        }
        return slab;
    }
}
