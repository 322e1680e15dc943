package io.evcache.benchmarks.load;

import java.util.Arrays;

/** Who takes part. To add one: a class in {@code contender}, a line here and, if it needs a library of its own, a file in {@code peers}. */
public enum Entry {
    FLOOR("floor", "blocking socket (F)", Role.FLOOR, "own", "BlockingSocket", ""),
    ECHO("echo", "C echo (E)", Role.GENERATOR, "", "", ""),
    GENERATOR("generator", "C generator (C)", Role.GENERATOR, "", "", ""),
    TRANSPORT("transport", "**this client, transport**", Role.OURS, "own", "CoreTransport", ""),
    CLIENT("client", "**this client, whole**", Role.OURS, "own", "WholeClient", ""),
    CLIENT_DIRECT("client-direct", "**this client, direct callbacks**", Role.OURS, "own", "WholeClient", "direct"),
    SPYMEMCACHED_TEXT("spymemcached-text", "spymemcached text", Role.PEER, "spymemcached", "Spymemcached", "text"),
    SPYMEMCACHED_BINARY(
            "spymemcached-binary", "spymemcached binary", Role.PEER, "spymemcached", "Spymemcached", "binary"),
    XMEMCACHED("xmemcached", "xmemcached", Role.PEER, "xmemcached", "Xmemcached", ""),
    FOLSOM_TEXT("folsom-text", "folsom text", Role.PEER, "folsom", "Folsom", "text"),
    FOLSOM_BINARY("folsom-binary", "folsom binary", Role.PEER, "folsom", "Folsom", "binary"),
    EVCACHE("evcache", "Netflix EVCache", Role.PEER, "evcache", "NetflixEvCache", "");

    /** What a contender's figures are compared as. */
    public enum Role {
        /** A socket and nothing else, in Java. */
        FLOOR,
        /** A program of its own, without a JVM. */
        GENERATOR,
        OURS,
        PEER
    }

    private static final String PACKAGE = "io.evcache.benchmarks.load.contender.";

    private final String id;
    private final String label;
    private final Role role;
    private final String classPath;
    private final String simpleName;
    private final String protocol;

    Entry(String id, String label, Role role, String classPath, String simpleName, String protocol) {
        this.id = id;
        this.label = label;
        this.role = role;
        this.classPath = classPath;
        this.simpleName = simpleName;
        this.protocol = protocol;
    }

    /** Returns the one that the command line calls so. */
    public static Entry named(String id) {
        return Arrays.stream(values())
                .filter(entry -> entry.id.equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no contender " + id + "; there are "
                        + Arrays.stream(values()).map(entry -> entry.id).toList()));
    }

    public String id() {
        return id;
    }

    /** Returns the name for tables, in Markdown. */
    public String label() {
        return label;
    }

    public Role role() {
        return role;
    }

    /** Returns the name of its class-path file, without {@code .cp}. */
    String classPath() {
        return classPath;
    }

    String className() {
        return PACKAGE + simpleName;
    }

    String protocol() {
        return protocol;
    }
}
