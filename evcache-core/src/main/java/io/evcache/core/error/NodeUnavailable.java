package io.evcache.core.error;

import org.jspecify.annotations.Nullable;

/** The node that owns the key could not take the command. Known at once, without waiting for the deadline. */
public final class NodeUnavailable extends EvCacheException {
    private static final long serialVersionUID = 1L;

    /** Why the node could not take the command. */
    public enum Reason {
        /** There is no live connection to the node; it is being re-established in the background. */
        NOT_CONNECTED,
        /** The connection is open, but the last commands all expired; commands fail at once until the server answers again. */
        NOT_RESPONDING,
        /** A bound on queued or in-flight commands is reached. */
        OVERLOADED,
        /** The connection broke after the command was handed to it. */
        CONNECTION_LOST,
        /** The client is closed, or the node has left its topology. */
        CLOSED
    }

    private final Reason reason;

    public NodeUnavailable(Reason reason, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    private NodeUnavailable(NodeUnavailable original) {
        super(String.valueOf(original.getMessage()), original, true);
        this.reason = original.reason;
    }

    /** Returns why; what is to be done depends on it. */
    public Reason reason() {
        return reason;
    }

    @Override
    public EvCacheException atCaller() {
        return new NodeUnavailable(this);
    }

    @Override
    public boolean mayHaveBeenApplied() {
        return reason == Reason.CONNECTION_LOST;
    }
}
