package io.evcache.core.command;

import io.evcache.core.key.Key;

/**
 * Removes an item, or marks it stale.
 *
 * @param compare above zero: only if the item's compare-and-store token is this one; 0 for no condition
 * @param staleSeconds above zero: keep the item for so long, marked stale, so that one reader reloads it while others are served; 0 removes it
 */
public record Delete(Key key, long compare, int staleSeconds) implements Command<DeleteReply> {

    public Delete {
        if (compare < 0 || staleSeconds < 0) {
            throw new IllegalArgumentException(
                    "compare and stale seconds must not be negative, were " + compare + " and " + staleSeconds);
        }
    }

    /** Returns an unconditional removal. */
    public static Delete of(Key key) {
        return new Delete(key, 0, 0);
    }

    @Override
    public String verb() {
        return "delete";
    }
}
