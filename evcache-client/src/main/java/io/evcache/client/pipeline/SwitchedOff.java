package io.evcache.client.pipeline;

import io.evcache.core.error.EvCacheException;

/** Somebody has switched this kind of call off for the cache; nothing was sent. */
public final class SwitchedOff extends EvCacheException {
    private static final long serialVersionUID = 1L;

    public SwitchedOff(String message) {
        super(message, null);
    }

    private SwitchedOff(SwitchedOff original) {
        super(String.valueOf(original.getMessage()), original, true);
    }

    @Override
    public EvCacheException atCaller() {
        return new SwitchedOff(this);
    }
}
