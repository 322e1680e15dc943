package io.evcache.core.error;

import org.jspecify.annotations.Nullable;

/** A value could not be encoded, or what the cache holds could not be decoded by the cache's codec. The message names the flags, never the value. */
public final class CodecFailure extends EvCacheException {
    private static final long serialVersionUID = 1L;

    public CodecFailure(String message) {
        super(message, null);
    }

    public CodecFailure(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    private CodecFailure(CodecFailure original) {
        super(String.valueOf(original.getMessage()), original, true);
    }

    @Override
    public EvCacheException atCaller() {
        return new CodecFailure(this);
    }
}
