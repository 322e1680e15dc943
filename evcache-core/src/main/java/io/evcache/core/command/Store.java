package io.evcache.core.command;

import io.evcache.core.key.Key;
import io.evcache.core.value.EncodedValue;
import io.evcache.core.value.Ttl;

/**
 * Writes a value.
 *
 * @param terms shared by most commands, so that a plain store is one small object
 */
public record Store(Key key, EncodedValue value, Ttl ttl, Terms terms) implements Command<StoreReply> {

    /**
     * Under which condition the value is stored, and as which version.
     *
     * @param compare above zero: store only if the item's compare-and-store token is this one; 0 for no condition
     * @param version above zero: the token that the item gets, so that all zones can agree on it; 0 lets the server choose. Needs memcached 1.6.27
     */
    public record Terms(Mode mode, long compare, long version) {
        /** Store always. */
        public static final Terms SET = new Terms(Mode.SET, 0, 0);

        /** Store only if the item does not exist. */
        public static final Terms ADD = new Terms(Mode.ADD, 0, 0);

        public Terms {
            if (compare < 0 || version < 0) {
                throw new IllegalArgumentException(
                        "compare and version must not be negative, were " + compare + " and " + version);
            }
        }
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
        PREPEND
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
    public String verb() {
        return switch (terms.mode) {
            case SET -> "set";
            case ADD -> "add";
            case REPLACE -> "replace";
            case APPEND -> "append";
            case PREPEND -> "prepend";
        };
    }
}
