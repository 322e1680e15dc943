package io.evcache.testkit.server;

import org.jspecify.annotations.Nullable;

/**
 * {@code mg}: reads, and elects one loader for a missing (N), soon missing (R) or stale item. Its flags act in the order
 * in which they stand, so {@code t} before {@code T} or {@code N} prints the time before the change. Guarded by the
 * store's monitor.
 */
final class MetaGet {
    private static final int FIRST_FLAG = 2;

    private final ItemStore store;
    private final CommandLine line;
    private final MetaFlags flags;
    private final MetaReply reply;
    private final ReplyBuffer out;

    MetaGet(ItemStore store, CommandLine line, MetaFlags flags, MetaReply reply, ReplyBuffer out) {
        this.store = store;
        this.line = line;
        this.flags = flags;
        this.reply = reply;
        this.out = out;
    }

    void run() {
        byte[] error = flags.read(line, FIRST_FLAG, store.clock());
        if (error.length != 0) {
            out.put(error);
            return;
        }
        StoredItem found = store.find(flags.keySource, flags.keyOffset, flags.keyLength);
        count(found);
        if (found != null) {
            hit(found, false);
        } else if (flags.vivify) {
            hit(vivified(), true);
        } else if (!flags.quiet) {
            reply.bare(Words.EN, FIRST_FLAG);
        }
    }

    private void count(@Nullable StoredItem found) {
        store.count(flags.hasTtl ? Counter.CMD_TOUCH : Counter.CMD_GET);
        if (flags.hasTtl) {
            store.count(found == null ? Counter.TOUCH_MISSES : Counter.TOUCH_HITS);
        }
        store.count(found == null ? Counter.GET_MISSES : Counter.GET_HITS);
    }

    private StoredItem vivified() {
        ItemKey key = ItemKey.copyOf(flags.keySource, flags.keyOffset, flags.keyLength);
        StoredItem item = new StoredItem(key, flags.binaryKey, Words.NONE);
        item.cas = flags.newCas == 0 ? store.nextCas() : flags.newCas;
        store.link(item);
        return item;
    }

    private void hit(StoredItem item, boolean created) {
        byte[] value = item.value;
        if (flags.wantsValue) {
            out.put(Words.VA).unsigned(value.length);
        } else {
            out.put(Words.HD);
        }
        boolean won = false;
        for (int token = FIRST_FLAG; token < line.count(); token++) {
            won |= token(item, token, created);
        }
        marks(item, won);
        out.crlf();
        if (flags.wantsValue) {
            out.put(value).crlf();
        }
        if (!flags.keepOutOfLru) {
            store.use(item);
        }
    }

    /** Carries one flag out; true when it makes this caller the winner. */
    private boolean token(StoredItem item, int token, boolean created) {
        switch (line.head(token)) {
            case 'T' -> item.expiry = flags.expiry;
            case 'N' -> {
                if (created) {
                    item.expiry = flags.vivifyExpiry;
                }
                return created;
            }
            case 'R' -> {
                return !created && !item.winTokenSent && item.expiry != 0 && item.expiry < flags.recacheExpiry;
            }
            case 's' -> out.flag('s').unsigned(item.value.length);
            case 't' -> reply.timeLeft(item, store.clock());
            case 'c' -> reply.cas(item.cas);
            case 'f' -> out.flag('f').unsigned(Integer.toUnsignedLong(item.flags));
            case 'l' -> out.flag('l').unsigned(store.clock().now() - item.time);
            case 'h' -> out.flag('h').put(item.fetched ? '1' : '0');
            case 'k' -> reply.key(item.binaryKey);
            default -> reply.shared(token);
        }
        return false;
    }

    /** W: load it, you are the one. Z: somebody else was told so. X: what you got is stale. */
    private void marks(StoredItem item, boolean wonByFlag) {
        boolean won = wonByFlag;
        if (item.winTokenSent) {
            out.flag('Z');
        }
        if (item.stale) {
            out.flag('X');
            won |= !item.winTokenSent;
        }
        if (won) {
            out.flag('W');
            item.winTokenSent = true;
        }
    }
}
