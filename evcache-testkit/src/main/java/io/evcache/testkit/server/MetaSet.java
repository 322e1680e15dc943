package io.evcache.testkit.server;

import io.evcache.testkit.server.StoreRequest.Mode;
import io.evcache.testkit.server.StoreRequest.Outcome;

/** {@code ms}: the request line first, and its answer when the data block is complete. Guarded by the store's monitor. */
final class MetaSet {
    private static final int FIRST_FLAG = 3;
    private static final String MODES = "EAPRS";

    private final Dialect dialect;
    private final ItemStore store;
    private final CommandLine line;
    private final MetaFlags flags;
    private final MetaReply reply;
    private final ReplyBuffer out;

    MetaSet(Dialect dialect, ItemStore store, CommandLine line, MetaFlags flags, MetaReply reply, ReplyBuffer out) {
        this.dialect = dialect;
        this.store = store;
        this.line = line;
        this.flags = flags;
        this.reply = reply;
        this.out = out;
    }

    /** Fills the request; returns the error line, or {@link Words#NONE}. After an error the block is to be swallowed. */
    byte[] read(StoreRequest request) {
        byte[] error = flags.read(line, FIRST_FLAG, store.clock());
        if (error.length != 0) {
            return error;
        }
        if (!isMode()) {
            return Words.BAD_SET_MODE;
        }
        Mode mode = mode();
        request.reset(flags.hasCompareCas && comparing(mode) ? Mode.CAS : mode);
        request.key(flags.keySource, flags.keyOffset, flags.keyLength);
        request.binaryKey = flags.binaryKey;
        request.flags = flags.clientFlags;
        request.expiry = flags.expiry;
        request.compareCas = flags.compareCas;
        request.newCas = flags.newCas;
        request.invalidate = flags.invalidate;
        request.vivify = flags.vivify && dialect.vivifyingAppend();
        request.vivifyExpiry = flags.vivifyExpiry;
        return Words.NONE;
    }

    private boolean isMode() {
        return flags.mode == 0 || MODES.indexOf(flags.mode) >= 0;
    }

    private Mode mode() {
        return switch (flags.mode) {
            case 'E' -> Mode.ADD;
            case 'A' -> Mode.APPEND;
            case 'P' -> Mode.PREPEND;
            case 'R' -> Mode.REPLACE;
            default -> Mode.SET;
        };
    }

    /** A compare-CAS turns these modes into compare-and-store. */
    private static boolean comparing(Mode mode) {
        return mode == Mode.SET || mode == Mode.REPLACE;
    }

    void answer(StoreRequest request, Outcome outcome) {
        if (outcome == Outcome.STORED && flags.quiet) {
            return;
        }
        switch (outcome) {
            case STORED -> out.put(Words.HD);
            case NOT_STORED -> out.put(Words.NS);
            case EXISTS -> out.put(Words.EX);
            case NOT_FOUND -> out.put(Words.NF);
        }
        for (int token = FIRST_FLAG; token < line.count(); token++) {
            byte letter = line.head(token);
            if (letter == 'c') {
                reply.cas(request.storedCas);
            } else if (letter == 's' && dialect.storedSize()) {
                out.flag('s').unsigned(request.storedBytes);
            } else {
                reply.shared(token);
            }
        }
        out.crlf();
    }
}
