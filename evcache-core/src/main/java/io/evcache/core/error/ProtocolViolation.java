package io.evcache.core.error;

import org.jspecify.annotations.Nullable;

/** The server said something that the protocol does not allow here. The connection that heard it is closed, because what follows cannot be paired with its question. */
public final class ProtocolViolation extends EvCacheException {
    private static final long serialVersionUID = 1L;

    public ProtocolViolation(String message) {
        super(message, null);
    }

    public ProtocolViolation(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    private ProtocolViolation(ProtocolViolation original) {
        super(String.valueOf(original.getMessage()), original, true);
    }

    @Override
    public EvCacheException atCaller() {
        return new ProtocolViolation(this);
    }

    @Override
    public boolean mayHaveBeenApplied() {
        return true;
    }
}
