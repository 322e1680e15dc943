package io.evcache.replication.relay;

import io.evcache.core.error.EvCacheException;
import io.evcache.core.value.EncodedValue;

/** What reading a value for shipment came to. */
sealed interface Fetched {

    /**
     * The value as it is now.
     *
     * @param ttlSeconds the remaining life, or {@link io.evcache.replication.link.BatchEntry#NO_EXPIRY}
     */
    record Found(EncodedValue value, long ttlSeconds) implements Fetched {}

    /** There is nothing to ship, and never will be for this mutation. */
    record Nothing(Outcome outcome) implements Fetched {}

    /** Of the zones that took the write some do not have it any more, and some could not be asked. */
    record Uncertain(EvCacheException failure) implements Fetched {}

    /** No zone that took the write could be asked. */
    record Failed(EvCacheException failure) implements Fetched {}
}
