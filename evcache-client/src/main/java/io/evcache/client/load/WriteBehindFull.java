package io.evcache.client.load;

import io.evcache.core.error.EvCacheException;

/** A value was not taken, and nothing was changed: as many keys as may wait to be written are waiting. */
public final class WriteBehindFull extends EvCacheException {
    private static final long serialVersionUID = 1L;

    WriteBehindFull(String message) {
        super(message, null, true);
    }

    @Override
    public EvCacheException atCaller() {
        return new WriteBehindFull(String.valueOf(getMessage()));
    }
}
