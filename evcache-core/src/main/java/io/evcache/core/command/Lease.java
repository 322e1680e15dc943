package io.evcache.core.command;

/** What the server said about who may load or refresh the item. */
public enum Lease {
    /** The read asked for no lease, or the item needs no loader. */
    NONE,
    /** This caller, and no other, is to load the value and store it with the reply's compare-and-store token. */
    WON,
    /** Another caller already won. */
    HELD
}
