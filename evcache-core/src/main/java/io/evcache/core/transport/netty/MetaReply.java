package io.evcache.core.transport.netty;

import org.jspecify.annotations.Nullable;

/** One parsed reply of the server, reused for the next: what the header line said, and the value if there is one. Confined to the event loop. */
final class MetaReply {
    enum Status {
        VALUE,
        OK,
        MISS,
        NOT_FOUND,
        NOT_STORED,
        EXISTS,
        /** The end of a run of sets. */
        NOOP,
        /** One value of a shared line of gets. */
        KEYED_VALUE,
        /** The end of a shared line of gets. */
        END,
        SERVER_ERROR,
        NON_NUMERIC
    }

    /** The {@code t} token of an item without expiry. */
    static final long NO_EXPIRY = -1;

    /** No {@code t} token. */
    static final long NO_TTL = -2;

    /** No {@code O} token; no token is negative. */
    static final long NO_OPAQUE = -1;

    static final long NOT_SAID = -1;

    Status status = Status.OK;
    long opaque = NO_OPAQUE;
    long flags;
    long cas;
    long ttl = NO_TTL;

    /** The {@code s} token; {@link #NOT_SAID} without. */
    long size = NOT_SAID;

    /** The {@code l} token; {@link #NOT_SAID} without. */
    long idle = NOT_SAID;

    /** The {@code h} token. */
    boolean readBefore;

    boolean won;
    boolean stale;
    boolean held;
    byte @Nullable [] value;

    /** Whether there is a value that is over the bound, which was left out; {@link #text} says so. */
    boolean tooLarge;

    String text = "";

    /** Where the key of a {@code KEYED_VALUE} is in the decoder's line. */
    int keyFrom;

    int keyTo;

    void reset(Status next) {
        status = next;
        opaque = NO_OPAQUE;
        flags = 0;
        cas = 0;
        ttl = NO_TTL;
        size = NOT_SAID;
        idle = NOT_SAID;
        readBefore = false;
        won = false;
        stale = false;
        held = false;
        value = null;
        tooLarge = false;
        text = "";
    }
}
