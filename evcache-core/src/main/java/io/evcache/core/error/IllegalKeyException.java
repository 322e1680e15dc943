package io.evcache.core.error;

/** The key cannot be sent to memcached. Thrown on the calling thread before any I/O; the message names the rule and the escaped key. */
public final class IllegalKeyException extends EvCacheException {
    private static final long serialVersionUID = 1L;

    public IllegalKeyException(String message) {
        super(message, null, true);
    }

    private IllegalKeyException(IllegalKeyException original) {
        super(String.valueOf(original.getMessage()), original, true);
    }

    @Override
    public EvCacheException atCaller() {
        return new IllegalKeyException(this);
    }
}
