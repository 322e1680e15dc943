package io.evcache.client.pipeline;

/**
 * How many zones must have <em>taken</em> a write before the caller is answered. Only zones in normal service count; those that are write-only or draining are told, too, and not waited for. All
 * zones are written whatever the policy; it decides when the caller goes on and what it is told.
 */
public enum WritePolicy {
    /** None: the caller goes on at once and is told that all is well. */
    NONE,
    /** One zone. */
    ONE,
    /** More than half of the zones. The default. */
    QUORUM,
    /** All zones but one, and at least one. */
    ALL_MINUS_1,
    /** Every zone. */
    ALL;

    /** Returns how many of {@code zones} counted zones must succeed; for 0 zones as for 1, except NONE. */
    public int required(int zones) {
        return switch (this) {
            case NONE -> 0;
            case ONE -> 1;
            case QUORUM -> Math.max(1, zones / 2 + 1);
            case ALL_MINUS_1 -> Math.max(1, zones - 1);
            case ALL -> Math.max(1, zones);
        };
    }
}
