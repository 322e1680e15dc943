package io.evcache.client.pipeline;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * Which zones may answer a read, when the next one is asked, and how many must agree. Immutable; the methods return changed policies, to be chained from one of the constants:
 * {@code ReadPolicy.LOCAL_FIRST.withFallback(Fallback.ON_ERROR)}.
 *
 * @param order what the zones are sorted by
 * @param zones for the orders that name zones; those that do not exist or do not serve reads are left out
 * @param fallback when the zone behind the first one is asked; without effect where several must agree, since all are asked at once then
 * @param agreement how many zones must say the same
 * @param backfill whether a value may be added to zones that miss it, with its remaining life; where several zones must agree it may also replace an older version. Never anything newer
 */
public record ReadPolicy(Order order, List<String> zones, Fallback fallback, Agreement agreement, boolean backfill) {

    /** What the zones are sorted by. */
    public enum Order {
        /** The local zone first, then the order of the topology. */
        LOCAL_FIRST,
        /**
         * The zone that answers soonest first, as measured twice per second with copies of reads at hand, one to each zone. The local zone until something is known; a zone moves ahead of another only if it takes
         * less than three quarters of its time, so that the order does not flap.
         */
        MEASURED,
        /** The named zones first, in their order, then the others as in {@link #LOCAL_FIRST}. */
        NAMED_FIRST,
        /** The named zones, in their order, and no others. */
        ONLY_NAMED
    }

    /** How many of the zones that serve reads must say the same before it is the answer. */
    public enum Agreement {
        /** One: whichever answers first of those that are asked one after the other. */
        ONE,
        /** More than half of them, asked at the same time. */
        QUORUM,
        /** All of them, asked at the same time. */
        ALL;

        /** Returns how many of so many zones must agree. */
        public int required(int zones) {
            return switch (this) {
                case ONE -> 1;
                case QUORUM -> zones / 2 + 1;
                case ALL -> Math.max(1, zones);
            };
        }
    }

    /** Local zone first, the others on a failure or a miss, with back-fill. The default. */
    public static final ReadPolicy LOCAL_FIRST =
            new ReadPolicy(Order.LOCAL_FIRST, List.of(), Fallback.ALWAYS, Agreement.ONE, true);

    /** Local zone first, the others on a failure only: a miss costs one round trip, and a cold zone shows. */
    public static final ReadPolicy LOCAL_FIRST_ERRORS_ONLY =
            new ReadPolicy(Order.LOCAL_FIRST, List.of(), Fallback.ON_ERROR, Agreement.ONE, false);

    /** The zone that answers soonest first, for callers without a zone of their own; otherwise as {@link #LOCAL_FIRST}. */
    public static final ReadPolicy FASTEST_FIRST =
            new ReadPolicy(Order.MEASURED, List.of(), Fallback.ALWAYS, Agreement.ONE, true);

    public ReadPolicy {
        requireNonNull(order, "order");
        zones = List.copyOf(zones);
        requireNonNull(fallback, "fallback");
        requireNonNull(agreement, "agreement");
        boolean naming = order == Order.NAMED_FIRST || order == Order.ONLY_NAMED;
        if (naming == zones.isEmpty()) {
            throw new IllegalArgumentException(
                    "order " + order + (naming ? " needs the names of zones" : " takes no zones, were " + zones));
        }
    }

    /** Returns the policy that asks these zones first, nearest first, then the others; otherwise as {@link #LOCAL_FIRST}. */
    public static ReadPolicy startingWith(List<String> zones) {
        return new ReadPolicy(Order.NAMED_FIRST, requireNonNull(zones, "zones"), Fallback.ALWAYS, Agreement.ONE, true);
    }

    /** Returns the policy that asks exactly these zones, in this order, on failure and on miss, and changes nothing anywhere. None named: all of them, the local one first. */
    public static ReadPolicy inOrder(List<String> zones) {
        return requireNonNull(zones, "zones").isEmpty()
                ? LOCAL_FIRST.withoutBackfill()
                : new ReadPolicy(Order.ONLY_NAMED, zones, Fallback.ALWAYS, Agreement.ONE, false);
    }

    /**
     * Returns the policy that asks all zones at the same time and answers what so many of them agree on: the same bytes and flags, or that there is nothing. Where the values carry versions, the newest
     * of so many is the answer although they differ. Zones that cannot agree are a failure, {@link ZonesDisagree}. Changes nothing anywhere, unless {@link #withBackfill()} is added.
     *
     * <p>Costs a read of every zone, and the time of the slowest that is needed.
     */
    public static ReadPolicy consistent(Agreement agreement) {
        return new ReadPolicy(Order.LOCAL_FIRST, List.of(), Fallback.ALWAYS, agreement, false);
    }

    /** Returns this with another rule for when the next zone is asked. */
    public ReadPolicy withFallback(Fallback fallback) {
        return new ReadPolicy(order, zones, fallback, agreement, backfill);
    }

    /** Returns this with values added to zones that miss them. */
    public ReadPolicy withBackfill() {
        return new ReadPolicy(order, zones, fallback, agreement, true);
    }

    /** Returns this as a policy that changes nothing anywhere. */
    public ReadPolicy withoutBackfill() {
        return new ReadPolicy(order, zones, fallback, agreement, false);
    }
}
