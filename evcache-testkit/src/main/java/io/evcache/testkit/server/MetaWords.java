package io.evcache.testkit.server;

/** The meta protocol's command words. The arrays are shared: never write to them. */
final class MetaWords {
    static final byte[] MG = Words.ascii("mg");
    static final byte[] MS = Words.ascii("ms");
    static final byte[] MD = Words.ascii("md");
    static final byte[] MA = Words.ascii("ma");
    static final byte[] ME = Words.ascii("me");
    static final byte[] MN = Words.ascii("mn");

    private MetaWords() {}
}
