package io.evcache.core.command;

import static java.util.Objects.requireNonNull;

import io.evcache.core.key.Key;
import io.evcache.core.value.Ttl;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * Reads an item. The reply always carries the flags, and the value unless {@code wants} leaves it out; {@code wants} says what else the server shall do or tell.
 *
 * @param wants shared by many commands, so that a get costs one small object
 */
public record Get(Key key, Wants wants) implements Command<Lookup> {

    /** What a read asks for. Immutable, equal by content. Build once, use for every read. */
    public static final class Wants {
        private static final int VALUE_BIT = 1;
        private static final int CAS_BIT = 1 << 1;
        private static final int TTL_BIT = 1 << 2;
        private static final int USAGE_BIT = 1 << 3;
        private static final int BUMP_BIT = 1 << 4;
        private static final int MARKS_BIT = 1 << 5;
        private static final int PLAIN_BITS = VALUE_BIT | BUMP_BIT;

        /** Value and flags only. */
        public static final Wants VALUE = new Wants(VALUE_BIT | BUMP_BIT | MARKS_BIT, 0, 0, Optional.empty());

        /** Value and flags only, whether marked stale or not. */
        public static final Wants PLAIN = VALUE.withoutMarks();

        /** Value, flags and remaining life: what a copy to another place needs. */
        public static final Wants VALUE_AND_TTL = VALUE.withTtl();

        /** All there is to know about an item, without its value and without counting as use of it. */
        public static final Wants METADATA =
                VALUE.withoutValue().withCas().withTtl().withUsage().withoutBump();

        private final int bits;
        private final int leaseSeconds;
        private final int recacheSeconds;
        private final Optional<Ttl> touch;
        private final Set<Feature> needs;

        private Wants(int bits, int leaseSeconds, int recacheSeconds, Optional<Ttl> touch) {
            if (leaseSeconds < 0 || recacheSeconds < 0) {
                throw new IllegalArgumentException("lease and recache seconds must not be negative, were "
                        + leaseSeconds + " and " + recacheSeconds);
            }
            if (touch.isPresent() && leaseSeconds + recacheSeconds > 0) {
                throw new IllegalArgumentException("a read that gives the item a new life (" + touch.get()
                        + ") cannot also ask for a lease or a refresh before the end of the old one");
            }
            boolean both = leaseSeconds > 0 && recacheSeconds > 0;
            this.bits = both ? bits | TTL_BIT : bits;
            this.leaseSeconds = leaseSeconds;
            this.recacheSeconds = recacheSeconds;
            this.touch = touch;
            this.needs = features();
        }

        private Set<Feature> features() {
            EnumSet<Feature> features = EnumSet.noneOf(Feature.class);
            if (leaseSeconds + recacheSeconds > 0) {
                features.add(Feature.LEASES);
            }
            if (ttl()) {
                features.add(Feature.REMAINING_LIFE);
            }
            if (usage() || !value()) {
                features.add(Feature.METADATA);
            }
            if (touch.isPresent()) {
                features.add(Feature.TOUCHING_READS);
            }
            return Set.copyOf(features);
        }

        /** Returns whether the value is asked for; the flags always are. */
        public boolean value() {
            return has(VALUE_BIT);
        }

        /** Returns whether the compare-and-store token is asked for, for a later conditional store. */
        public boolean cas() {
            return has(CAS_BIT);
        }

        /** Returns whether the remaining time to live is asked for. */
        public boolean ttl() {
            return has(TTL_BIT);
        }

        /** Returns whether the {@linkplain Lookup.Usage size and use} of the item are asked for. */
        public boolean usage() {
            return has(USAGE_BIT);
        }

        /** Returns whether the server may count this read as use of the item. {@code false} keeps copying from making cold keys look hot. */
        public boolean bump() {
            return has(BUMP_BIT);
        }

        /**
         * Returns whether stale marks must be seen. {@code false} is for data that has none, and for callers to whom a stale item is as good as another: it is a plain hit then, and nobody is elected
         * to refresh it. In return a transport may ask for many such keys with one line, at half the server's cost. An open lease is a miss either way.
         */
        public boolean marks() {
            return has(MARKS_BIT);
        }

        /** Returns, above zero: on a miss the server creates an empty item for so long and tells exactly one caller that it won. */
        public int leaseSeconds() {
            return leaseSeconds;
        }

        /** Returns, above zero: once the remaining life is below this, the server tells exactly one caller that it won. */
        public int recacheSeconds() {
            return recacheSeconds;
        }

        /** Returns the new life that the read gives to the item, if any. */
        public Optional<Ttl> touch() {
            return touch;
        }

        /** Returns whether this is for nothing but value and flags, read as usual. */
        public boolean isPlain() {
            return bits == PLAIN_BITS && leaseSeconds == 0 && recacheSeconds == 0 && touch.isEmpty();
        }

        /** Returns this without the value: whether the item is there, its flags, and what else is asked for. */
        public Wants withoutValue() {
            return with(bits & ~VALUE_BIT);
        }

        /** Returns this with the compare-and-store token. */
        public Wants withCas() {
            return with(bits | CAS_BIT);
        }

        /** Returns this with the remaining life. */
        public Wants withTtl() {
            return with(bits | TTL_BIT);
        }

        /** Returns this with the item's size, how long ago it was used and whether it was ever read. Tell the truth only {@linkplain #withoutBump without counting as use}. */
        public Wants withUsage() {
            return with(bits | USAGE_BIT);
        }

        /** Returns this without counting as use of the item. */
        public Wants withoutBump() {
            return with(bits & ~BUMP_BIT);
        }

        /** Returns this with a lease on a miss; implies the token, which the later conditional store needs, and together with {@link #withRecache} the remaining life. */
        public Wants withLease(int seconds) {
            return new Wants(bits | CAS_BIT | MARKS_BIT, seconds, recacheSeconds, touch);
        }

        /**
         * Returns this with the election of one refresher during the last {@code seconds} of an item's life; implies the token, and together with {@link #withLease} the
         * remaining life.
         */
        public Wants withRecache(int seconds) {
            return new Wants(bits | CAS_BIT | MARKS_BIT, leaseSeconds, seconds, touch);
        }

        /**
         * Returns this with a new life for the item, from now, if it is there. Only for the copy that answers: other zones keep the old life. The remaining life in the reply is
         * the new one.
         *
         * @throws IllegalArgumentException if this asks for a lease or a refresh
         */
        public Wants withTouch(Ttl ttl) {
            return new Wants(bits, leaseSeconds, recacheSeconds, Optional.of(requireNonNull(ttl, "ttl")));
        }

        private Wants withoutMarks() {
            return with(bits & ~MARKS_BIT);
        }

        private Wants with(int changed) {
            return new Wants(changed, leaseSeconds, recacheSeconds, touch);
        }

        private boolean has(int bit) {
            return (bits & bit) != 0;
        }

        @Override
        public boolean equals(Object other) {
            return this == other
                    || (other instanceof Wants wants
                            && bits == wants.bits
                            && leaseSeconds == wants.leaseSeconds
                            && recacheSeconds == wants.recacheSeconds
                            && touch.equals(wants.touch));
        }

        @Override
        public int hashCode() {
            return 31 * (31 * (31 * bits + leaseSeconds) + recacheSeconds) + touch.hashCode();
        }

        @Override
        public String toString() {
            StringBuilder text = new StringBuilder("Wants(flags");
            text.append(value() ? ", value" : "").append(cas() ? ", cas" : "").append(ttl() ? ", ttl" : "");
            text.append(usage() ? ", usage" : "")
                    .append(bump() ? "" : ", no bump")
                    .append(marks() ? "" : ", no marks");
            text.append(leaseSeconds > 0 ? ", lease " + leaseSeconds + " s" : "");
            text.append(recacheSeconds > 0 ? ", recache " + recacheSeconds + " s" : "");
            touch.ifPresent(ttl -> text.append(", touch with ").append(ttl));
            return text.append(')').toString();
        }
    }

    /** Returns a read of value and flags. */
    public static Get of(Key key) {
        return new Get(key, Wants.VALUE);
    }

    @Override
    public Set<Feature> needs() {
        return wants.needs;
    }

    @Override
    public String verb() {
        return "get";
    }
}
