package io.evcache.core.command;

import io.evcache.core.key.Key;
import io.evcache.core.value.EncodedValue;
import io.evcache.core.value.Ttl;
import java.util.EnumSet;
import java.util.Set;

/**
 * Writes a value.
 *
 * @param value the whole value, or what is put behind or before the one that is there
 * @param ttl how long the item lives from now; what only extends an item leaves its life as it is
 * @param terms shared by most commands, so that a plain store is one small object
 */
public record Store(Key key, EncodedValue value, Ttl ttl, Terms terms) implements Command<StoreReply> {

    /**
     * Under which condition the value is stored, and as which version.
     *
     * @param compare an unsigned 64-bit number: store only if the item's compare-and-store token is this one; 0 for no condition
     * @param version an unsigned 64-bit number: the token that the item gets, so that all zones can agree on it; 0 lets the server choose. Needs memcached 1.6.27
     */
    public record Terms(Mode mode, long compare, long version) {
        /** Store always. */
        public static final Terms SET = new Terms(Mode.SET, 0, 0);

        /** Store only if the item does not exist. */
        public static final Terms ADD = new Terms(Mode.ADD, 0, 0);
    }

    /** When to store. The names are memcached's. */
    public enum Mode {
        /** Always. */
        SET,
        /** Only if the item does not exist. */
        ADD,
        /** Only if the item exists. */
        REPLACE,
        /** Only if the item exists: the bytes go behind the present ones; flags and life stay. */
        APPEND,
        /** Only if the item exists: the bytes go before the present ones; flags and life stay. */
        PREPEND,
        /** As {@link #APPEND}, and a missing item is created with the flags and life given. Needs memcached 1.6.20. */
        APPEND_OR_CREATE,
        /** As {@link #PREPEND}, and a missing item is created with the flags and life given. Needs memcached 1.6.20. */
        PREPEND_OR_CREATE;

        /** Returns whether the bytes are added to those that are there. */
        public boolean extend() {
            return this == APPEND || this == PREPEND || creates();
        }

        /** Returns whether this adds to an item that is there and creates one that is not. */
        public boolean creates() {
            return this == APPEND_OR_CREATE || this == PREPEND_OR_CREATE;
        }
    }

    /** Creates a store with {@link Terms} of these. */
    public Store(Key key, EncodedValue value, Ttl ttl, Mode mode, long compare, long version) {
        this(key, value, ttl, new Terms(mode, compare, version));
    }

    /** Returns an unconditional store. */
    public static Store set(Key key, EncodedValue value, Ttl ttl) {
        return new Store(key, value, ttl, Terms.SET);
    }

    /** Returns a store that happens only if the item does not exist. */
    public static Store add(Key key, EncodedValue value, Ttl ttl) {
        return new Store(key, value, ttl, Terms.ADD);
    }

    /** Returns when to store. */
    public Mode mode() {
        return terms.mode;
    }

    /** Returns the token to compare with; 0 for no condition. */
    public long compare() {
        return terms.compare;
    }

    /** Returns the token that the item gets; 0 lets the server choose. */
    public long version() {
        return terms.version;
    }

    @Override
    public Set<Feature> needs() {
        boolean plain = terms.compare == 0 && terms.version == 0 && !terms.mode.creates() && value.flags() >= 0;
        return plain ? Set.of() : features();
    }

    private Set<Feature> features() {
        EnumSet<Feature> features = EnumSet.noneOf(Feature.class);
        if (terms.mode.creates()) {
            features.add(Feature.CREATING_APPENDS);
        }
        if (terms.compare != 0 && terms.mode != Mode.SET) {
            features.add(Feature.CONDITIONAL_MODES);
        }
        if (terms.compare < 0) {
            features.add(Feature.UNSIGNED_TOKENS);
        }
        if (terms.version != 0) {
            features.add(Feature.EXPLICIT_VERSIONS);
        }
        if (value.flags() < 0) {
            features.add(Feature.UNSIGNED_FLAGS);
        }
        return features;
    }

    @Override
    public String verb() {
        return switch (terms.mode) {
            case SET -> "set";
            case ADD -> "add";
            case REPLACE -> "replace";
            case APPEND, APPEND_OR_CREATE -> "append";
            case PREPEND, PREPEND_OR_CREATE -> "prepend";
        };
    }
}
