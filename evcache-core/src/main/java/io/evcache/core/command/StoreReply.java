package io.evcache.core.command;

/** The reply to a {@link Store}. */
public enum StoreReply implements Reply {
    /** The value is stored. */
    STORED,
    /** The mode's condition did not hold: add found an item; replace, append or prepend found none. */
    NOT_STORED,
    /** A conditional store found another token than the one compared with. */
    EXISTS,
    /** A conditional store found no item. */
    NOT_FOUND
}
