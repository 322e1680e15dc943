package io.evcache.core.error;

import org.jspecify.annotations.Nullable;

/**
 * The root of everything that can prevent an answer. Unchecked; the message names who, what and how long, and never a value.
 *
 * <p>Failures are mostly born on an event loop, where a stack trace says nothing, so they carry none. A blocking call throws
 * {@link #atCaller()}: a copy of the same type whose stack trace is the caller's and whose cause is the original.
 */
public abstract class EvCacheException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** For failures that are created where nobody would look for a stack trace. */
    protected EvCacheException(String message, @Nullable Throwable cause) {
        super(message, cause, true, false);
    }

    /** For failures that are thrown where they are created. */
    protected EvCacheException(String message, @Nullable Throwable cause, boolean withStackTrace) {
        super(message, cause, true, withStackTrace);
    }

    /** Returns a copy to be thrown to a blocking caller: same type and message, the caller's stack trace, this one as its cause. */
    public abstract EvCacheException atCaller();

    /**
     * Returns whether the server may have applied the command although no answer came back, or none that says of which command it is. {@code false} means that it certainly did not,
     * so a repeat is safe even for commands that are not idempotent.
     */
    public boolean mayHaveBeenApplied() {
        return false;
    }
}
