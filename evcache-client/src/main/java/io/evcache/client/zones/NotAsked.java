package io.evcache.client.zones;

import io.evcache.core.error.EvCacheException;

/** Stands where a zone's answer would be, for a zone that was not to be asked. Seen as {@link io.evcache.client.pipeline.ZoneOutcome.Status#SKIPPED}, never thrown. */
final class NotAsked extends EvCacheException {
    private static final long serialVersionUID = 1L;

    NotAsked() {
        super("the zone that decides did not say yes", null);
    }

    @Override
    public EvCacheException atCaller() {
        return this;
    }
}
