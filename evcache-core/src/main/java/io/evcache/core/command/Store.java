package io.evcache.core.command;

import io.evcache.core.key.Key;
import io.evcache.core.value.EncodedValue;
import io.evcache.core.value.Ttl;

/**
 * Writes a value.
 *
 * @param compare above zero: store only if the item's compare-and-store token is this one; 0 for no condition
 * @param version above zero: the token that the item gets, so that all zones can agree on it; 0 lets the server choose. Needs memcached 1.6.27
 */
public record Store(Key key, EncodedValue value, Ttl ttl, Mode mode, long compare, long version)
        implements Command<StoreReply> {

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

    public Store {
        if (compare < 0 || version < 0) {
            throw new IllegalArgumentException(
                    "compare and version must not be negative, were " + compare + " and " + version);
        }
    }

    /** Returns an unconditional store. */
    public static Store set(Key key, EncodedValue value, Ttl ttl) {
        return new Store(key, value, ttl, Mode.SET, 0, 0);
    }

    /** Returns a store that happens only if the item does not exist. */
    public static Store add(Key key, EncodedValue value, Ttl ttl) {
        return new Store(key, value, ttl, Mode.ADD, 0, 0);
    }

    @Override
    public String verb() {
        return switch (mode) {
            case SET -> "set";
            case ADD -> "add";
            case REPLACE -> "replace";
            case APPEND -> "append";
            case PREPEND -> "prepend";
        };
    }
}
