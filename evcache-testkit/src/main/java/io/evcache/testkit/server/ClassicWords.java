package io.evcache.testkit.server;

/** The classic protocol's command words. The arrays are shared: never write to them. */
final class ClassicWords {
    static final byte[] NOREPLY = Words.ascii("noreply");
    static final byte[] GET = Words.ascii("get");
    static final byte[] GETS = Words.ascii("gets");
    static final byte[] GAT = Words.ascii("gat");
    static final byte[] GATS = Words.ascii("gats");
    static final byte[] SET = Words.ascii("set");
    static final byte[] ADD = Words.ascii("add");
    static final byte[] REPLACE = Words.ascii("replace");
    static final byte[] APPEND = Words.ascii("append");
    static final byte[] PREPEND = Words.ascii("prepend");
    static final byte[] CAS = Words.ascii("cas");
    static final byte[] DELETE = Words.ascii("delete");
    static final byte[] INCR = Words.ascii("incr");
    static final byte[] DECR = Words.ascii("decr");
    static final byte[] TOUCH = Words.ascii("touch");
    static final byte[] FLUSH_ALL = Words.ascii("flush_all");
    static final byte[] VERSION = Words.ascii("version");
    static final byte[] VERBOSITY = Words.ascii("verbosity");
    static final byte[] STATS = Words.ascii("stats");
    static final byte[] SETTINGS = Words.ascii("settings");
    static final byte[] RESET = Words.ascii("reset");
    static final byte[] LRU_CRAWLER = Words.ascii("lru_crawler");
    static final byte[] METADUMP = Words.ascii("metadump");
    static final byte[] QUIT = Words.ascii("quit");

    private ClassicWords() {}
}
