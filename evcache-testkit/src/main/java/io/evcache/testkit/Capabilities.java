package io.evcache.testkit;

import io.evcache.testkit.server.Dialect;

/** The memcached release that an {@link EmbeddedMemcached} answers like. */
public enum Capabilities {
    /**
     * The release of Debian 12: no explicit CAS (flag E) and no {@code md x}, both refused; {@code ms … MA N} and
     * {@code ms … s} silently ignored.
     */
    V1_6_18("1.6.18"),

    /** The release of Debian 13, which has all of them. The default. */
    V1_6_38("1.6.38");

    private final String version;

    Capabilities(String version) {
        this.version = version;
    }

    /** What the server answers to {@code version}, such as {@code 1.6.38}. */
    public String version() {
        return version;
    }

    Dialect dialect() {
        boolean newer = this == V1_6_38;
        return new Dialect(version, newer, newer, newer, newer, newer);
    }
}
