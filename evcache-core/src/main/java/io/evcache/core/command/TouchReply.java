package io.evcache.core.command;

/** The reply to a {@link Touch}. */
public enum TouchReply implements Reply {
    /** The item has the new life. */
    TOUCHED,
    /** There is no item. */
    NOT_FOUND
}
