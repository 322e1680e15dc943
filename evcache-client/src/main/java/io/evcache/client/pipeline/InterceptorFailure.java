package io.evcache.client.pipeline;

import io.evcache.core.error.EvCacheException;
import org.jspecify.annotations.Nullable;

/** An interceptor threw, or returned nothing. It may have passed the call on before that, so a write may have been applied. */
public final class InterceptorFailure extends EvCacheException {
    private static final long serialVersionUID = 1L;

    public InterceptorFailure(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    private InterceptorFailure(InterceptorFailure original) {
        super(String.valueOf(original.getMessage()), original, true);
    }

    @Override
    public EvCacheException atCaller() {
        return new InterceptorFailure(this);
    }

    @Override
    public boolean mayHaveBeenApplied() {
        return true;
    }
}
