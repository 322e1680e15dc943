package io.evcache.testkit.server;

import io.evcache.testkit.server.StoreRequest.Mode;
import io.evcache.testkit.server.StoreRequest.Outcome;

/** {@code set add replace append prepend cas}. Guarded by the store's monitor. */
final class ClassicStore {
    private final ItemStore store;
    private final CommandLine line;
    private final ReplyBuffer out;
    private boolean silent;

    ClassicStore(ItemStore store, CommandLine line, ReplyBuffer out) {
        this.store = store;
        this.line = line;
        this.out = out;
    }

    /** Whether the line has as many words as the command takes. */
    boolean isComplete(Mode mode) {
        int least = mode == Mode.CAS ? 6 : 5;
        return line.count() == least || line.count() == least + 1;
    }

    /** Fills all but the length; returns the error line, or {@link Words#NONE}. After an error no block follows. */
    byte[] read(StoreRequest request, Mode mode) {
        silent = line.endsWithNoReply();
        request.reset(mode);
        if (line.length(1) > MetaFlags.MAX_KEY_BYTES || !line.unsigned(2, 0)) {
            return Words.BAD_FORMAT;
        }
        request.key(line.bytes(), line.start(1), line.length(1));
        request.flags = (int) line.number();
        if (!line.signed(3, 0)) {
            return Words.BAD_FORMAT;
        }
        request.expiry = store.clock().expiry((int) line.number());
        if (mode == Mode.CAS) {
            if (!line.unsigned(5, 0)) {
                return Words.BAD_FORMAT;
            }
            request.compareCas = line.number();
        }
        return Words.NONE;
    }

    void fail(byte[] error) {
        if (!silent) {
            out.put(error);
        }
    }

    void answer(Outcome outcome) {
        if (silent) {
            return;
        }
        switch (outcome) {
            case STORED -> out.put(Words.STORED);
            case NOT_STORED -> out.put(Words.NOT_STORED);
            case EXISTS -> out.put(Words.EXISTS);
            case NOT_FOUND -> out.put(Words.NOT_FOUND);
        }
    }
}
