package io.evcache.testkit.server;

/** {@code ma}: counts up or down, and creates a missing counter on request. Guarded by the store's monitor. */
final class MetaArithmetic {
    private static final int FIRST_FLAG = 2;

    private final ItemStore store;
    private final Arithmetic arithmetic;
    private final CommandLine line;
    private final MetaFlags flags;
    private final MetaReply reply;
    private final ReplyBuffer out;

    MetaArithmetic(ItemStore store, CommandLine line, MetaFlags flags, MetaReply reply, ReplyBuffer out) {
        this.store = store;
        this.arithmetic = new Arithmetic(store);
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
        if (!isMode()) {
            out.put(Words.BAD_ARITHMETIC_MODE);
            return;
        }
        StoredItem item = store.find(flags.keySource, flags.keyOffset, flags.keyLength);
        if (item != null) {
            change(item);
        } else if (flags.vivify) {
            StoredItem created = created();
            answer(created, flags.initial, true);
        } else {
            store.count(isIncrement() ? Counter.INCR_MISSES : Counter.DECR_MISSES);
            reply.bare(Words.NF, FIRST_FLAG);
        }
    }

    private boolean isMode() {
        return flags.mode == 0 || "ID+-".indexOf(flags.mode) >= 0;
    }

    private boolean isIncrement() {
        return flags.mode != 'D' && flags.mode != '-';
    }

    private StoredItem created() {
        ItemKey key = ItemKey.copyOf(flags.keySource, flags.keyOffset, flags.keyLength);
        StoredItem item = new StoredItem(key, flags.binaryKey, Decimal.bytes(flags.initial));
        item.cas = flags.newCas == 0 ? store.nextCas() : flags.newCas;
        store.link(item);
        return item;
    }

    private void change(StoredItem item) {
        boolean matches = flags.compareCas == 0 || flags.compareCas == item.cas;
        if (!matches && item.value.length > 0) {
            reply.bare(Words.EX, FIRST_FLAG);
        } else if (!Decimal.isNumber(item.value)) {
            out.put(Words.NOT_NUMERIC);
        } else {
            long number = arithmetic.apply(item, flags.delta, isIncrement(), flags.newCas);
            answer(item, number, false);
        }
    }

    /** Carries the flags out in order, and answers: {@code q} hides a change, but not a creation. */
    private void answer(StoredItem item, long number, boolean created) {
        byte[] digits = Decimal.bytes(number);
        boolean hidden = flags.quiet && !created;
        if (!hidden) {
            if (flags.wantsValue) {
                out.put(Words.VA).unsigned(digits.length);
            } else {
                out.put(Words.HD);
            }
        }
        for (int token = FIRST_FLAG; token < line.count(); token++) {
            byte letter = line.head(token);
            if (letter == 'T') {
                item.expiry = flags.expiry;
            } else if (letter == 'N' && created) {
                item.expiry = flags.vivifyExpiry;
            } else if (!hidden) {
                token(item, token, letter);
            }
        }
        if (!hidden) {
            out.crlf();
            if (flags.wantsValue) {
                out.put(digits).crlf();
            }
        }
    }

    private void token(StoredItem item, int token, byte letter) {
        switch (letter) {
            case 't' -> reply.timeLeft(item, store.clock());
            case 'c' -> reply.cas(item.cas);
            default -> reply.shared(token);
        }
    }
}
