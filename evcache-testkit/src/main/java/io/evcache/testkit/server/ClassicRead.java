package io.evcache.testkit.server;

/** {@code get gets gat gats}, each for any number of keys. Guarded by the store's monitor. */
final class ClassicRead {
    private final ItemStore store;
    private final CommandLine line;
    private final ReplyBuffer out;

    ClassicRead(ItemStore store, CommandLine line, ReplyBuffer out) {
        this.store = store;
        this.line = line;
        this.out = out;
    }

    void get(boolean withCas) {
        if (line.count() < 2) {
            out.put(Words.ERROR);
            return;
        }
        if (keysAreShort(1)) {
            for (int token = 1; token < line.count(); token++) {
                StoredItem item = store.find(line.bytes(), line.start(token), line.length(token));
                store.count(Counter.CMD_GET);
                store.count(item == null ? Counter.GET_MISSES : Counter.GET_HITS);
                if (item != null) {
                    value(item, token, withCas);
                }
            }
            out.put(Words.END);
        }
    }

    void getAndTouch(boolean withCas) {
        if (line.count() < 2) {
            out.put(Words.ERROR);
        } else if (!line.signed(1, 0)) {
            out.put(Words.BAD_EXPTIME);
        } else if (keysAreShort(2)) {
            long expiry = store.clock().expiry((int) line.number());
            for (int token = 2; token < line.count(); token++) {
                StoredItem item = store.find(line.bytes(), line.start(token), line.length(token));
                store.count(Counter.CMD_TOUCH);
                store.count(item == null ? Counter.TOUCH_MISSES : Counter.TOUCH_HITS);
                if (item != null) {
                    item.expiry = expiry;
                    value(item, token, withCas);
                }
            }
            out.put(Words.END);
        }
    }

    /** One key too long spoils the whole command: values already found are not sent. */
    private boolean keysAreShort(int first) {
        for (int token = first; token < line.count(); token++) {
            if (line.length(token) > MetaFlags.MAX_KEY_BYTES) {
                out.put(Words.BAD_FORMAT);
                return false;
            }
        }
        return true;
    }

    private void value(StoredItem item, int token, boolean withCas) {
        out.put(Words.VALUE).put(line.bytes(), line.start(token), line.length(token));
        out.put(' ').unsigned(Integer.toUnsignedLong(item.flags));
        out.put(' ').unsigned(item.value.length);
        if (withCas) {
            out.put(' ').unsigned(item.cas);
        }
        out.crlf().put(item.value).crlf();
        store.use(item);
    }
}
