package io.evcache.core.command;

/** The reply to a {@link Delete}. */
public enum DeleteReply implements Reply {
    /** The item is gone, or marked stale if that was asked. */
    DELETED,
    /** There was no item. */
    NOT_FOUND,
    /** The item has another token than the one compared with. */
    EXISTS
}
