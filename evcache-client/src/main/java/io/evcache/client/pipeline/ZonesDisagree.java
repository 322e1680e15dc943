package io.evcache.client.pipeline;

import io.evcache.core.error.EvCacheException;

/** A read that several zones had to agree on got different answers. Nothing was changed anywhere. */
public final class ZonesDisagree extends EvCacheException {
    private static final long serialVersionUID = 1L;

    public ZonesDisagree(String message) {
        super(message, null);
    }

    private ZonesDisagree(ZonesDisagree original) {
        super(String.valueOf(original.getMessage()), original, true);
    }

    @Override
    public EvCacheException atCaller() {
        return new ZonesDisagree(this);
    }
}
