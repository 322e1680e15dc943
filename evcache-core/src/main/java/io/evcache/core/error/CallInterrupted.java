package io.evcache.core.error;

import org.jspecify.annotations.Nullable;

/** The waiting thread was interrupted. Its interrupt flag is set again; the command may still be applied. */
public final class CallInterrupted extends EvCacheException {
    private static final long serialVersionUID = 1L;

    public CallInterrupted(String message) {
        super(message, null);
    }

    public CallInterrupted(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    private CallInterrupted(CallInterrupted original) {
        super(String.valueOf(original.getMessage()), original, true);
    }

    @Override
    public EvCacheException atCaller() {
        return new CallInterrupted(this);
    }

    @Override
    public boolean mayHaveBeenApplied() {
        return true;
    }
}
