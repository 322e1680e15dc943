package io.evcache.core.command;

import io.evcache.core.value.EncodedValue;

/** The reply to a {@link Get}. */
public sealed interface Lookup extends Reply permits Lookup.Hit, Lookup.Miss {

    /**
     * The item exists.
     *
     * @param cas the compare-and-store token; 0 unless asked for
     * @param ttlSeconds the remaining life in whole seconds, at least 1; {@link #NO_EXPIRY} if it never expires; {@link #NOT_ASKED} unless asked for
     * @param stale whether the item was marked stale; the value is the one from before
     */
    record Hit(EncodedValue value, long cas, long ttlSeconds, boolean stale, Lease lease) implements Lookup {}

    /**
     * The item does not exist, or exists only as the empty place-holder of a lease.
     *
     * @param cas the token that the winner of the lease must store with; 0 without a lease
     */
    record Miss(Lease lease, long cas) implements Lookup {
        /** A miss without a lease. */
        public static final Miss PLAIN = new Miss(Lease.NONE, 0);
    }

    /** The remaining life of an item that never expires. */
    long NO_EXPIRY = -1;

    /** The remaining life when the read did not ask for it. */
    long NOT_ASKED = -2;
}
