package io.evcache.client.flight;

import io.evcache.core.error.EvCacheException;

/** A loader threw a checked exception, which is the cause. Unchecked ones reach the callers as they are. */
public final class LoadFailure extends EvCacheException {
    private static final long serialVersionUID = 1L;

    public LoadFailure(String message, Throwable cause) {
        super(message, cause, true);
    }

    @Override
    public EvCacheException atCaller() {
        return new LoadFailure(String.valueOf(getMessage()), this);
    }
}
