package io.evcache.core.command;

import static java.util.Objects.requireNonNull;

import io.evcache.core.key.Key;
import java.util.EnumSet;
import java.util.Set;

/**
 * Removes an item, or its validity, or its value.
 *
 * @param terms shared by most commands, so that a plain delete is one small object
 */
public record Delete(Key key, Terms terms) implements Command<DeleteReply> {

    /** What is left of the item. */
    public enum Remains {
        /** Nothing. */
        NOTHING,
        /** The item, marked stale, so that one reader reloads it while others are served the old value. */
        STALE_VALUE,
        /** The item's place without its value, marked stale: readers miss, and one of them is told to reload. Needs memcached 1.6.27. */
        TOMBSTONE
    }

    /**
     * What is left, for how long, and under which condition.
     *
     * @param seconds how long that is kept, above zero; 0 if nothing remains
     * @param compare an unsigned 64-bit number: only if the item's compare-and-store token is this one; 0 for no condition
     * @param version an unsigned 64-bit number: the token that what remains gets; 0 lets the server choose. Needs memcached 1.6.27
     */
    public record Terms(Remains remains, int seconds, long compare, long version) {
        /** Unconditional removal. */
        public static final Terms REMOVE = new Terms(Remains.NOTHING, 0, 0, 0);

        public Terms {
            boolean kept = remains != Remains.NOTHING;
            if (kept ? seconds <= 0 : seconds != 0) {
                throw new IllegalArgumentException(
                        "seconds must be " + (kept ? "above 0 for " : "0 for ") + remains + ", were " + seconds);
            }
            if (version != 0 && !kept) {
                throw new IllegalArgumentException(
                        "a version needs something that remains, was " + Long.toUnsignedString(version));
            }
        }
    }

    public Delete {
        requireNonNull(key, "key");
        requireNonNull(terms, "terms");
    }

    /**
     * Creates a removal, or a stale mark, with a condition.
     *
     * @param compare only if the item's token is this one; 0 for no condition
     * @param staleSeconds above zero: keep the item for so long, marked stale; 0 removes it
     */
    public Delete(Key key, long compare, int staleSeconds) {
        this(key, new Terms(staleSeconds == 0 ? Remains.NOTHING : Remains.STALE_VALUE, staleSeconds, compare, 0));
    }

    /** Returns an unconditional removal. */
    public static Delete of(Key key) {
        return new Delete(key, Terms.REMOVE);
    }

    /** Returns what drops the value and keeps the place for so long; see {@link Remains#TOMBSTONE}. */
    public static Delete tombstone(Key key, int seconds) {
        return new Delete(key, new Terms(Remains.TOMBSTONE, seconds, 0, 0));
    }

    /** Returns this with a token as its condition. */
    public Delete comparing(long token) {
        return new Delete(key, new Terms(terms.remains, terms.seconds, token, terms.version));
    }

    /** Returns the token to compare with; 0 for no condition. */
    public long compare() {
        return terms.compare;
    }

    /** Returns the token that what remains gets; 0 lets the server choose. */
    public long version() {
        return terms.version;
    }

    /** Returns what is left of the item. */
    public Remains remains() {
        return terms.remains;
    }

    /** Returns for how long a stale value is kept; 0 if none is. */
    public int staleSeconds() {
        return terms.remains == Remains.STALE_VALUE ? terms.seconds : 0;
    }

    @Override
    public Set<Feature> needs() {
        if (terms.equals(Terms.REMOVE)) {
            return Set.of();
        }
        EnumSet<Feature> needs = EnumSet.noneOf(Feature.class);
        if (terms.remains != Remains.NOTHING) {
            needs.add(terms.remains == Remains.TOMBSTONE ? Feature.TOMBSTONES : Feature.LEASES);
        }
        if (terms.compare != 0) {
            needs.add(Feature.CONDITIONAL_DELETES);
        }
        if (terms.version != 0) {
            needs.add(Feature.EXPLICIT_VERSIONS);
        }
        return needs;
    }

    @Override
    public String verb() {
        return "delete";
    }
}
