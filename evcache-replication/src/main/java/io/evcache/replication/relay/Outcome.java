package io.evcache.replication.relay;

/** How a consumed record ended. Every one ends in exactly one of these ways, and only then may its offset be committed. */
public enum Outcome {
    /** At least one zone of the other region took it. */
    APPLIED,
    /** A later record of the same key took its place, however that one ends. */
    COALESCED,
    /** It was written in another region, whose own relay ships it. */
    SKIPPED_FOREIGN,
    /** The item has ended, or will within the shortest life that is worth shipping. */
    SKIPPED_EXPIRED,
    /** No zone that took the write has the item any more: evicted, deleted, expired unnoticed, or replaced by the mark that its source has none; or it was never there, since all zones' answers came too late. */
    SKIPPED_GONE,
    /** Some of the zones that took the write do not have the item, others could not be asked, several times over; or none of them is a zone of the relay. */
    SKIPPED_UNREADABLE,
    /** The value is longer than this relay ships. */
    SKIPPED_TOO_LARGE,
    /** It cannot be understood or applied, or was tried for too long, and is kept with the dead letters. */
    DEAD_LETTERED,
    /** Its partition was taken away before it ended; whoever got the partition consumes it again. */
    ABANDONED
}
