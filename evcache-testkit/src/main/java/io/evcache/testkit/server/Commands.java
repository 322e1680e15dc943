package io.evcache.testkit.server;

import io.evcache.testkit.server.StoreRequest.Mode;
import org.jspecify.annotations.Nullable;

/** Finds the command that a line names. One set per connection; guarded by the store's monitor. */
final class Commands {
    private final ItemStore store;
    private final CommandLine line;
    private final ReplyBuffer out;
    private final MetaGet metaGet;
    private final MetaSet metaSet;
    private final MetaDelete metaDelete;
    private final MetaArithmetic metaArithmetic;
    private final MetaDebug metaDebug;
    private final ClassicRead classicRead;
    private final ClassicStore classicStore;
    private final ClassicChange classicChange;
    private final Admin admin;
    private final ItemDump itemDump;

    Commands(Dialect dialect, ItemStore store, Statistics statistics, CommandLine line, ReplyBuffer out) {
        this.store = store;
        this.line = line;
        this.out = out;
        MetaFlags flags = new MetaFlags(dialect);
        MetaReply reply = new MetaReply(line, flags, out);
        metaGet = new MetaGet(store, line, flags, reply, out);
        metaSet = new MetaSet(dialect, store, line, flags, reply, out);
        metaDelete = new MetaDelete(store, line, flags, reply, out);
        metaArithmetic = new MetaArithmetic(store, line, flags, reply, out);
        metaDebug = new MetaDebug(dialect, store, line, flags, out);
        classicRead = new ClassicRead(store, line, out);
        classicStore = new ClassicStore(store, line, out);
        classicChange = new ClassicChange(store, line, out);
        admin = new Admin(dialect, store, statistics, line, out);
        itemDump = new ItemDump(dialect, store, line, out);
    }

    MetaSet metaSet() {
        return metaSet;
    }

    ClassicStore classicStore() {
        return classicStore;
    }

    /** Answers the line if it is a command without a data block; false if it is not one. */
    boolean run() {
        if (line.count() == 0) {
            return false;
        }
        if (line.head(0) == 'm' && line.length(0) == 2) {
            return meta();
        }
        return read() || change() || administer();
    }

    private boolean meta() {
        if (line.is(0, MetaWords.MN)) {
            out.put(Words.MN);
            return true;
        }
        boolean debug = line.is(0, MetaWords.ME);
        boolean get = line.is(0, MetaWords.MG);
        boolean delete = line.is(0, MetaWords.MD);
        if (!debug && !get && !delete && !line.is(0, MetaWords.MA)) {
            return false;
        }
        if (line.count() < 2) {
            out.put(debug ? Words.BAD_FORMAT : Words.ERROR);
        } else if (line.length(1) > MetaFlags.MAX_KEY_BYTES) {
            out.put(Words.BAD_FORMAT);
        } else if (!debug && MetaFlags.areTooMany(line)) {
            out.put(get ? Words.TOO_MANY_GET_FLAGS : Words.TOO_MANY_FLAGS);
        } else {
            store.count(Counter.CMD_META);
            if (get) {
                metaGet.run();
            } else if (delete) {
                metaDelete.run();
            } else if (debug) {
                metaDebug.run();
            } else {
                metaArithmetic.run();
            }
        }
        return true;
    }

    private boolean read() {
        if (line.is(0, ClassicWords.GET)) {
            classicRead.get(false);
        } else if (line.is(0, ClassicWords.GETS)) {
            classicRead.get(true);
        } else if (line.is(0, ClassicWords.GAT)) {
            classicRead.getAndTouch(false);
        } else if (line.is(0, ClassicWords.GATS)) {
            classicRead.getAndTouch(true);
        } else {
            return false;
        }
        return true;
    }

    private boolean change() {
        if (line.is(0, ClassicWords.DELETE)) {
            classicChange.delete();
        } else if (line.is(0, ClassicWords.INCR)) {
            classicChange.arithmetic(true);
        } else if (line.is(0, ClassicWords.DECR)) {
            classicChange.arithmetic(false);
        } else if (line.is(0, ClassicWords.TOUCH)) {
            classicChange.touch();
        } else {
            return false;
        }
        return true;
    }

    private boolean administer() {
        if (line.is(0, ClassicWords.VERSION)) {
            admin.version();
        } else if (line.is(0, ClassicWords.STATS)) {
            admin.stats();
        } else if (line.is(0, ClassicWords.FLUSH_ALL)) {
            admin.flushAll();
        } else if (line.is(0, ClassicWords.LRU_CRAWLER)) {
            itemDump.run();
        } else if (line.is(0, ClassicWords.VERBOSITY)) {
            admin.verbosity();
        } else {
            return false;
        }
        return true;
    }

    /** How the classic storage command that the line names stores, or null when it names none. */
    @Nullable
    Mode storeMode() {
        if (line.is(0, ClassicWords.SET)) {
            return Mode.SET;
        } else if (line.is(0, ClassicWords.ADD)) {
            return Mode.ADD;
        } else if (line.is(0, ClassicWords.CAS)) {
            return Mode.CAS;
        } else if (line.is(0, ClassicWords.REPLACE)) {
            return Mode.REPLACE;
        } else if (line.is(0, ClassicWords.APPEND)) {
            return Mode.APPEND;
        } else if (line.is(0, ClassicWords.PREPEND)) {
            return Mode.PREPEND;
        }
        return null;
    }
}
