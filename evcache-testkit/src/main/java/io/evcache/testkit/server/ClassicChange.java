package io.evcache.testkit.server;

/** {@code delete incr decr touch}: the commands without a data block that change one item. Guarded by the store's monitor. */
final class ClassicChange {
    private static final byte[] ZERO = Words.ascii("0");

    private final ItemStore store;
    private final Arithmetic arithmetic;
    private final CommandLine line;
    private final ReplyBuffer out;

    ClassicChange(ItemStore store, CommandLine line, ReplyBuffer out) {
        this.store = store;
        this.arithmetic = new Arithmetic(store);
        this.line = line;
        this.out = out;
    }

    void delete() {
        if (line.count() < 2 || line.count() > 4) {
            out.put(Words.ERROR);
        } else if (line.count() > 2 && !deleteArgumentsAreFine()) {
            answer(Words.DELETE_USAGE);
        } else if (line.length(1) > MetaFlags.MAX_KEY_BYTES) {
            answer(Words.BAD_FORMAT);
        } else {
            StoredItem item = store.find(line.bytes(), line.start(1), line.length(1));
            store.count(item == null ? Counter.DELETE_MISSES : Counter.DELETE_HITS);
            if (item != null) {
                store.unlink(item);
            }
            answer(item == null ? Words.NOT_FOUND : Words.DELETED);
        }
    }

    /** Old clients send a delay; only 0 is still taken. */
    private boolean deleteArgumentsAreFine() {
        boolean zero = line.is(2, ZERO);
        return line.count() == 3 ? zero || line.endsWithNoReply() : zero && line.endsWithNoReply();
    }

    void arithmetic(boolean increment) {
        if (line.count() < 3 || line.count() > 4) {
            out.put(Words.ERROR);
            return;
        }
        if (line.length(1) > MetaFlags.MAX_KEY_BYTES) {
            answer(Words.BAD_FORMAT);
            return;
        }
        if (!line.unsigned(2, 0)) {
            answer(Words.BAD_DELTA);
            return;
        }
        StoredItem item = store.find(line.bytes(), line.start(1), line.length(1));
        if (item == null) {
            store.count(increment ? Counter.INCR_MISSES : Counter.DECR_MISSES);
            answer(Words.NOT_FOUND);
        } else if (!Decimal.isNumber(item.value)) {
            answer(Words.NOT_NUMERIC);
        } else {
            long number = arithmetic.apply(item, line.number(), increment, 0);
            if (!line.endsWithNoReply()) {
                out.unsigned(number).crlf();
            }
        }
    }

    void touch() {
        if (line.count() < 3 || line.count() > 4) {
            out.put(Words.ERROR);
        } else if (line.length(1) > MetaFlags.MAX_KEY_BYTES) {
            answer(Words.BAD_FORMAT);
        } else if (!line.signed(2, 0)) {
            answer(Words.BAD_EXPTIME);
        } else {
            StoredItem item = store.find(line.bytes(), line.start(1), line.length(1));
            store.count(Counter.CMD_TOUCH);
            store.count(item == null ? Counter.TOUCH_MISSES : Counter.TOUCH_HITS);
            if (item != null) {
                item.expiry = store.clock().expiry((int) line.number());
                store.use(item);
            }
            answer(item == null ? Words.NOT_FOUND : Words.TOUCHED);
        }
    }

    private void answer(byte[] reply) {
        if (!line.endsWithNoReply()) {
            out.put(reply);
        }
    }
}
