package io.evcache.client;

import io.evcache.core.command.Command;
import io.evcache.core.command.Delete;
import io.evcache.core.command.Get;

/**
 * What a cache may still do: the switches for an emergency, set by {@link LiveSettings#cacheMode}. What is switched off costs nothing and is not seen by observers and interceptors: a read is a miss, a write does not meet its policy,
 * unless that is {@code NONE}, and names {@link io.evcache.client.pipeline.SwitchedOff} for every zone.
 *
 * <p>A cache that was not written for a while holds what was true before. Where that matters, wait for the time to live, or go on under another name.
 */
public enum CacheMode {
    /** Everything. */
    ON,

    /** Every read is a miss, also in a near cache; writes go on, so that the cache is warm and true when it is read again. What a cache-aside with leases loads is not stored, as it is told no tokens; it deletes what is written through it. */
    NO_READS,

    /** Nothing is stored and no life is prolonged, so no lease is taken either. Deletes are still sent: a cache that is read must be rid of what its source has removed. */
    NO_WRITES,

    /** No server is asked or told anything; a near cache goes on by itself. Without one it is the same as {@link #OFF}. */
    NEAR_ONLY,

    /** Every read is a miss, and nothing is written or deleted. */
    OFF;

    /** Returns whether servers may be asked. */
    boolean readsServers() {
        return this == ON || this == NO_WRITES;
    }

    /** Returns whether a near cache may answer, and be filled. */
    boolean usesNearCache() {
        return this != NO_READS && this != OFF;
    }

    /** Returns whether the command may go to servers. */
    boolean sends(Command<?> command) {
        if (command instanceof Get get) { // a lease leaves a place-holder, and nothing would take its place
            return get.wants().leaseSeconds() > 0 ? this == ON : readsServers();
        }
        return this == ON || this == NO_READS || (this == NO_WRITES && command instanceof Delete);
    }
}
