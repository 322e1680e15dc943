package io.evcache.core.command;

import static java.util.Objects.requireNonNull;

import io.evcache.core.value.EncodedValue;
import java.util.Arrays;

/** The reply to a {@link Get}. */
public sealed interface Lookup extends Reply permits Lookup.Hit, Lookup.Miss {

    /** The item exists. Holds the parts of its value rather than the value, which is one object less for every read. Equal by content. */
    final class Hit implements Lookup {
        private final byte[] bytes;
        private final int flags;
        private final Details details;

        /**
         * Creates a hit.
         *
         * @param bytes the value's; owned by this from now on
         * @param details what the reply said beyond value and flags; {@link Details#NONE}, shared, for most reads
         */
        public Hit(byte[] bytes, int flags, Details details) {
            this.bytes = requireNonNull(bytes, "bytes");
            this.flags = flags;
            this.details = requireNonNull(details, "details");
        }

        /** Creates a hit of this value. */
        public Hit(EncodedValue value, Details details) {
            this(value.bytes(), value.flags(), details);
        }

        /** Creates a hit with {@link Details} of these. */
        public Hit(EncodedValue value, long cas, long ttlSeconds, boolean stale, Lease lease) {
            this(value, Details.of(cas, ttlSeconds, stale, lease));
        }

        /** Returns the value, around the same array each time. */
        public EncodedValue value() {
            return new EncodedValue(bytes, flags);
        }

        /** Returns what the reply said beyond value and flags. */
        public Details details() {
            return details;
        }

        /** Returns the compare-and-store token; 0 unless asked for. */
        public long cas() {
            return details.cas;
        }

        /** Returns the remaining life as in {@link Details}. */
        public long ttlSeconds() {
            return details.ttlSeconds;
        }

        /** Returns whether the item was marked stale; the value is the one from before. */
        public boolean stale() {
            return details.stale;
        }

        /** Returns who is to refresh the item. */
        public Lease lease() {
            return details.lease;
        }

        @Override
        public boolean equals(Object other) {
            return this == other
                    || (other instanceof Hit hit
                            && flags == hit.flags
                            && details.equals(hit.details)
                            && Arrays.equals(bytes, hit.bytes));
        }

        @Override
        public int hashCode() {
            return 31 * (31 * Arrays.hashCode(bytes) + flags) + details.hashCode();
        }

        /** Size, flags and details; never the content. */
        @Override
        public String toString() {
            return "Hit[value=" + value() + ", details=" + details + "]";
        }
    }

    /**
     * What a hit can say beyond value and flags. Apart from the hit, so that a read that asks for nothing of it does not pay for it.
     *
     * @param cas the compare-and-store token; 0 unless asked for
     * @param ttlSeconds the remaining life in whole seconds, at least 1; {@link #NO_EXPIRY} if it never expires; {@link #NOT_ASKED} unless asked for
     * @param stale whether the item was marked stale; the value is the one from before
     */
    record Details(long cas, long ttlSeconds, boolean stale, Lease lease) {
        /** Nothing was asked, and the item needs no refresh. */
        public static final Details NONE = new Details(0, NOT_ASKED, false, Lease.NONE);

        /** Returns details of these; the shared ones if there is nothing to tell. */
        public static Details of(long cas, long ttlSeconds, boolean stale, Lease lease) {
            boolean none = cas == 0 && ttlSeconds == NOT_ASKED && !stale && lease == Lease.NONE;
            return none ? NONE : new Details(cas, ttlSeconds, stale, lease);
        }
    }

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
