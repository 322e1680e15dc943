package io.evcache.client;

import io.evcache.core.error.EvCacheException;
import org.jspecify.annotations.Nullable;

/**
 * What one zone holds under a key, for people who look into a cache: everything but the value.
 *
 * @param location where the zone has it, or would
 * @param state whether it has it
 * @param flags of the value, as {@link io.evcache.core.value.ValueFlags} reads them; 0 unless present
 * @param stale whether it is marked stale
 * @param details token, remaining life, size and use; {@link ItemDetails#NONE} unless present. The token tells two states of the item apart
 * @param cause of {@link State#UNKNOWN}: why there is no answer
 */
public record ZoneItem(
        Location location,
        State state,
        int flags,
        boolean stale,
        ItemDetails details,
        @Nullable EvCacheException cause) {

    /** What is known. */
    public enum State {
        /** The zone holds the item. */
        PRESENT,
        /** It does not. */
        ABSENT,
        /** It did not answer in time, or its transport cannot ask. */
        UNKNOWN
    }
}
