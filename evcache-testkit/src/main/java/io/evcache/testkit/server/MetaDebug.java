package io.evcache.testkit.server;

import java.util.Base64;

/** {@code me}: one line about an item, without counting as a use of it. Guarded by the store's monitor. */
final class MetaDebug {
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
                .unsigned(item.slabClass())
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
}
