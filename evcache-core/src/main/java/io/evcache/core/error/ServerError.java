package io.evcache.core.error;

import org.jspecify.annotations.Nullable;

/** The server answered a well-formed command with an error of its own, such as "object too large for cache" or "out of memory storing object". memcached removes the old value of a key whose store failed in this way. */
public final class ServerError extends EvCacheException {
    private static final long serialVersionUID = 1L;

    public ServerError(String message) {
        super(message, null);
    }

    public ServerError(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    private ServerError(ServerError original) {
        super(String.valueOf(original.getMessage()), original, true);
    }

    @Override
    public EvCacheException atCaller() {
        return new ServerError(this);
    }
}
