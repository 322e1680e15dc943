package io.evcache.testkit.server;

/** {@code md}: removes an item, or marks it stale (I), or empties it (x). Guarded by the store's monitor. */
final class MetaDelete {
    private static final int FIRST_FLAG = 2;

    private final ItemStore store;
    private final CommandLine line;
    private final MetaFlags flags;
    private final MetaReply reply;
    private final ReplyBuffer out;

    MetaDelete(ItemStore store, CommandLine line, MetaFlags flags, MetaReply reply, ReplyBuffer out) {
        this.store = store;
        this.line = line;
        this.flags = flags;
        this.reply = reply;
        this.out = out;
    }

    void run() {
        byte[] error = flags.read(line, FIRST_FLAG, store.clock());
        if (error.length != 0) {
            out.put(error == Words.LONG_OPAQUE ? error : Words.INVALID_OR_DUPLICATE_FLAG);
            return;
        }
        StoredItem item = store.find(flags.keySource, flags.keyOffset, flags.keyLength);
        if (item == null) {
            store.count(Counter.DELETE_MISSES);
            reply.bare(Words.NF, FIRST_FLAG);
        } else if (flags.hasCompareCas && flags.compareCas != item.cas) {
            reply.bare(Words.EX, FIRST_FLAG);
        } else {
            store.count(Counter.DELETE_HITS);
            remove(item);
            if (!flags.quiet) {
                reply.bare(Words.HD, FIRST_FLAG);
            }
        }
    }

    private void remove(StoredItem item) {
        if (!flags.invalidate && !flags.dropValue) {
            store.unlink(item);
            return;
        }
        StoredItem kept = flags.dropValue ? emptied(item) : item;
        if (flags.hasTtl) {
            kept.expiry = flags.expiry;
        }
        if (flags.invalidate) {
            kept.stale = true;
            kept.winTokenSent = false;
        }
        kept.cas = cas(item);
    }

    /** Emptying alone keeps the CAS, so that a reader from before may still store over it. */
    private long cas(StoredItem before) {
        if (flags.newCas != 0) {
            return flags.newCas;
        }
        return flags.invalidate ? store.nextCas() : before.cas;
    }

    /** An empty item in the old one's place, with flags and expiry of the command only. */
    private StoredItem emptied(StoredItem item) {
        StoredItem empty = new StoredItem(item.key, item.binaryKey, Words.NONE);
        empty.flags = flags.clientFlags;
        store.link(empty);
        return empty;
    }
}
