package io.evcache.replication.link;

import io.evcache.core.error.EvCacheException;

/** A batch was not acknowledged. The agent may have applied it all the same, so it is sent again, by then with fresh values. */
public final class LinkFailure extends EvCacheException {
    private static final long serialVersionUID = 1L;

    /** Why there is no acknowledgement. */
    public enum Reason {
        /** There is no connection; it is being re-established. */
        NOT_CONNECTED,
        /** The connection ended before the answer came. */
        CONNECTION_LOST,
        /** The agent had no room. */
        BUSY,
        /** This end has too much waiting. */
        OVERLOADED,
        /** This end is closed. */
        CLOSED
    }

    private final Reason reason;

    LinkFailure(Reason reason, String message) {
        super(message, null);
        this.reason = reason;
    }

    private LinkFailure(LinkFailure original) {
        super(String.valueOf(original.getMessage()), original, true);
        this.reason = original.reason;
    }

    /** Returns why. */
    public Reason reason() {
        return reason;
    }

    @Override
    public EvCacheException atCaller() {
        return new LinkFailure(this);
    }

    @Override
    public boolean mayHaveBeenApplied() {
        return reason == Reason.CONNECTION_LOST;
    }
}
