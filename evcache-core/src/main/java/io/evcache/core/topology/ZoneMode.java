package io.evcache.core.topology;

/** What clients may do with a zone. */
public enum ZoneMode {

    /** Normal service. Only these zones count for write policies, and one of them is read first. */
    READ_WRITE,

    /** Receives every write and serves no read: a zone that is being filled. Not counted. */
    WRITE_ONLY,

    /**
     * A zone that is about to leave. Serves reads that no other zone could answer, and takes no new values: what would be stored there is removed instead, so that it never answers with something that was
     * replaced elsewhere. Deletes and touches are as usual. Not counted. When its readers have copied what they need to the other zones, or time has, it can go.
     */
    DRAINING
}
