package io.evcache.core.command;

import io.evcache.core.key.Key;

/**
 * Reads a value. The reply always carries value and flags; {@code wants} says what else the server shall do or tell.
 *
 * @param wants shared by many commands, so that a get costs one small object
 */
public record Get(Key key, Wants wants) implements Command<Lookup> {

    /**
     * What a read asks for beyond value and flags. Build once, use for every read.
     *
     * @param cas the compare-and-store token, for a later conditional store
     * @param ttl the remaining time to live
     * @param bump whether the server may count this read as use of the item; {@code false} keeps copying from making cold keys look hot
     * @param leaseSeconds above zero: on a miss the server creates an empty item for so long and tells exactly one caller that it won
     * @param recacheSeconds above zero: once the remaining life is below this, the server tells exactly one caller that it won
     * @param marks whether stale marks and open leases must be seen. {@code false} is for data that has none: a stale item is a plain hit then, and an open lease an
     *     empty value. In return a transport may ask for many such keys with one line, at half the server's cost
     */
    public record Wants(boolean cas, boolean ttl, boolean bump, int leaseSeconds, int recacheSeconds, boolean marks) {
        /** Value and flags only. */
        public static final Wants VALUE = new Wants(false, false, true, 0, 0, true);

        /** Value and flags only, of data that is never marked stale and never leased. */
        public static final Wants PLAIN = new Wants(false, false, true, 0, 0, false);

        /** Value, flags and remaining life: what a copy to another place needs. */
        public static final Wants VALUE_AND_TTL = new Wants(false, true, true, 0, 0, true);

        /** Returns whether this is for nothing but value and flags of data without marks, read as usual. */
        public boolean isPlain() {
            return !marks && !cas && !ttl && bump && leaseSeconds == 0 && recacheSeconds == 0;
        }

        public Wants {
            if (leaseSeconds < 0 || recacheSeconds < 0) {
                throw new IllegalArgumentException("lease and recache seconds must not be negative, were "
                        + leaseSeconds + " and " + recacheSeconds);
            }
        }

        /** Returns this with the compare-and-store token. */
        public Wants withCas() {
            return new Wants(true, ttl, bump, leaseSeconds, recacheSeconds, marks);
        }

        /** Returns this with the remaining life. */
        public Wants withTtl() {
            return new Wants(cas, true, bump, leaseSeconds, recacheSeconds, marks);
        }

        /** Returns this without counting as use of the item. */
        public Wants withoutBump() {
            return new Wants(cas, ttl, false, leaseSeconds, recacheSeconds, marks);
        }

        /** Returns this with a lease on a miss; implies the token, which the later conditional store needs. */
        public Wants withLease(int seconds) {
            return new Wants(true, ttl, bump, seconds, recacheSeconds, true);
        }

        /** Returns this with the election of one refresher during the last {@code seconds} of an item's life; implies the token. */
        public Wants withRecache(int seconds) {
            return new Wants(true, ttl, bump, leaseSeconds, seconds, true);
        }
    }

    /** Returns a read of value and flags. */
    public static Get of(Key key) {
        return new Get(key, Wants.VALUE);
    }

    @Override
    public String verb() {
        return "get";
    }
}
