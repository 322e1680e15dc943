package io.evcache.client.load;

import io.evcache.core.error.EvCacheException;
import org.jspecify.annotations.Nullable;

/** A load was not begun: as many as may wait are waiting, the executor refuses, or the cache-aside is closed. */
public final class LoadRejected extends EvCacheException {
    private static final long serialVersionUID = 1L;

    LoadRejected(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    private LoadRejected(LoadRejected original) {
        super(String.valueOf(original.getMessage()), original, true);
    }

    @Override
    public EvCacheException atCaller() {
        return new LoadRejected(this);
    }
}
