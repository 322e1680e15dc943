package io.evcache.core.command;

import static java.util.Objects.requireNonNull;

import io.evcache.core.value.EncodedValue;
import io.evcache.core.value.Ttl;
import io.evcache.core.value.ValueFlags;
import java.util.Arrays;

/** The reply to a {@link Get}. */
public sealed interface Lookup extends Reply permits Lookup.Hit, Lookup.Miss {

    /** The item exists. Holds the parts of its value rather than the value, which is one object less for every read. Equal by content. */
    final class Hit implements Lookup {
        /** Stands for a value that was not asked for; told from an empty value by identity. */
        private static final byte[] NOT_READ = {};

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

        /** Creates the hit of a read that left the value out. */
        public static Hit withoutValue(int flags, Details details) {
            return new Hit(NOT_READ, flags, details);
        }

        /**
         * Returns the value, around the same array each time.
         *
         * @throws IllegalStateException if the read {@linkplain Get.Wants#withoutValue left it out}
         */
        public EncodedValue value() {
            if (!hasValue()) {
                throw new IllegalStateException("the read did not ask for the value");
            }
            return new EncodedValue(bytes, flags);
        }

        /** Returns whether the read asked for the value. */
        public boolean hasValue() {
            return bytes != NOT_READ;
        }

        /** Returns the value's flags, with or without the value. */
        public int flags() {
            return flags;
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

        /** Returns whether the read asked how long the item lives, and it lives on. */
        public boolean hasLife() {
            return details.ttlSeconds == NO_EXPIRY || details.ttlSeconds >= 1;
        }

        /**
         * Returns the remaining life, for an item that gets the same.
         *
         * @throws IllegalStateException if it {@linkplain #hasLife is not known to have any}
         */
        public Ttl remainingLife() {
            if (!hasLife()) {
                throw new IllegalStateException("no remaining life is known, only " + details.ttlSeconds);
            }
            return details.ttlSeconds == NO_EXPIRY
                    ? Ttl.none()
                    : Ttl.ofSeconds(Math.min(details.ttlSeconds, Ttl.MAX.toSeconds()));
        }

        /** Returns whether the item was marked stale; the value is the one from before. */
        public boolean stale() {
            return details.stale;
        }

        /** Returns who is to refresh the item. */
        public Lease lease() {
            return details.lease;
        }

        /** Returns the item's size and use; {@link Usage#NOT_ASKED} unless asked for. */
        public Usage usage() {
            return details.usage;
        }

        @Override
        public boolean equals(Object other) {
            return this == other
                    || (other instanceof Hit hit
                            && flags == hit.flags
                            && hasValue() == hit.hasValue()
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
            String what = hasValue() ? "value=" + value() : "flags " + ValueFlags.describe(flags);
            return "Hit[" + what + ", details=" + details + "]";
        }
    }

    /**
     * What a hit can say beyond value and flags. Apart from the hit, so that a read that asks for nothing of it does not pay for it.
     *
     * @param cas the compare-and-store token, an unsigned 64-bit number; 0 unless asked for
     * @param ttlSeconds the remaining life in whole seconds, at least 1; {@link #NO_EXPIRY} if it never expires; {@link #NOT_ASKED} unless asked for
     * @param stale whether the item was marked stale; the value is the one from before
     * @param usage {@link Usage#NOT_ASKED} unless asked for
     */
    record Details(long cas, long ttlSeconds, boolean stale, Lease lease, Usage usage) {
        /** Nothing was asked, and the item needs no refresh. */
        public static final Details NONE = new Details(0, NOT_ASKED, false, Lease.NONE, Usage.NOT_ASKED);

        /** Returns details of these, without usage; the shared ones if there is nothing to tell. */
        public static Details of(long cas, long ttlSeconds, boolean stale, Lease lease) {
            boolean none = cas == 0 && ttlSeconds == NOT_ASKED && !stale && lease == Lease.NONE;
            return none ? NONE : new Details(cas, ttlSeconds, stale, lease, Usage.NOT_ASKED);
        }

        /** Returns this with another usage. */
        public Details withUsage(Usage other) {
            return other.equals(usage) ? this : new Details(cas, ttlSeconds, stale, lease, other);
        }
    }

    /**
     * An item's size and use, as they were before this read.
     *
     * @param sizeBytes the value's length
     * @param idleSeconds how long ago the item was stored or last used, in whole seconds. The server spares itself most updates, so an item in steady use can look idle for longer
     *     than it was
     * @param readBefore whether it was read since it was stored
     */
    record Usage(long sizeBytes, long idleSeconds, boolean readBefore) {
        /** The read did not ask for it. */
        public static final Usage NOT_ASKED = new Usage(-1, -1, false);
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
