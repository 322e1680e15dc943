package io.evcache.core.topology;

/** What clients may do with a zone. */
public enum ZoneMode {

    /** Normal service. */
    READ_WRITE,

    /** Receives every write and serves no read: a zone that is being filled, or about to leave. */
    WRITE_ONLY
}
