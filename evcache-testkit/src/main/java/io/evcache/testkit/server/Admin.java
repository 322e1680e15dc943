package io.evcache.testkit.server;

import java.util.Map;

/** {@code flush_all version verbosity stats}. Guarded by the store's monitor. */
final class Admin {
    private final Dialect dialect;
    private final ItemStore store;
    private final Statistics statistics;
    private final CommandLine line;
    private final ReplyBuffer out;

    Admin(Dialect dialect, ItemStore store, Statistics statistics, CommandLine line, ReplyBuffer out) {
        this.dialect = dialect;
        this.store = store;
        this.statistics = statistics;
        this.line = line;
        this.out = out;
    }

    void flushAll() {
        boolean silent = line.endsWithNoReply();
        if (line.count() > 3) {
            out.put(Words.ERROR);
            return;
        }
        boolean delayed = line.count() > (silent ? 2 : 1);
        if (delayed && !line.signed(1, 0)) {
            if (!silent) {
                out.put(Words.BAD_EXPTIME);
            }
            return;
        }
        store.count(Counter.CMD_FLUSH);
        store.flush(delayed ? (int) line.number() : 0);
        if (!silent) {
            out.put(Words.OK);
        }
    }

    void version() {
        out.text("VERSION ").text(dialect.version()).crlf();
    }

    /** The level is checked and then ignored: nothing is logged per request. */
    void verbosity() {
        if (line.endsWithNoReply()) {
            return;
        }
        if (line.count() < 2) {
            out.put(Words.ERROR);
        } else {
            out.put(line.unsigned(1, 0) ? Words.OK : Words.BAD_FORMAT);
        }
    }

    void stats() {
        if (line.count() == 1) {
            print(statistics.general());
        } else if (line.is(1, ClassicWords.SETTINGS)) {
            print(statistics.settings());
        } else if (line.is(1, ClassicWords.RESET)) {
            store.resetCounters();
            out.put(Words.RESET);
        } else {
            out.put(Words.ERROR);
        }
    }

    private void print(Map<String, String> values) {
        values.forEach((name, value) ->
                out.text("STAT ").text(name).put(' ').text(value).crlf());
        out.put(Words.END);
    }
}
