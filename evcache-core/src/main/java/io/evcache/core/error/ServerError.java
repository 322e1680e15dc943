package io.evcache.core.error;

import org.jspecify.annotations.Nullable;

/** The server answered a well-formed command with an error of its own, such as "object too large for cache" or "out of memory storing object". memcached removes the old value of a key whose store failed in this way. */
public final class ServerError extends EvCacheException {
    private static final long serialVersionUID = 1L;

    private final boolean mayHaveBeenApplied;

    public ServerError(String message) {
        this(message, null);
    }

    public ServerError(String message, @Nullable Throwable cause) {
        super(message, cause);
        this.mayHaveBeenApplied = false;
    }

    private ServerError(ServerError original) {
        super(String.valueOf(original.getMessage()), original, true);
        this.mayHaveBeenApplied = original.mayHaveBeenApplied;
    }

    private ServerError(boolean mayHaveBeenApplied, String message) {
        super(message, null);
        this.mayHaveBeenApplied = mayHaveBeenApplied;
    }

    /** The server answered so to some of several commands that were sent together, and did not say to which: each {@linkplain #mayHaveBeenApplied may have been applied}. */
    public static ServerError ofSome(String message) {
        return new ServerError(true, message);
    }

    @Override
    public boolean mayHaveBeenApplied() {
        return mayHaveBeenApplied;
    }

    @Override
    public EvCacheException atCaller() {
        return new ServerError(this);
    }
}
