package io.evcache.client.pipeline;

import java.util.List;

/**
 * Which zones may answer a read, and when the next one is asked.
 *
 * @param zones asked in this order; empty: the local zone first, then the others in the order of the topology. Zones that do not exist or do not serve reads are left out
 * @param onMiss whether a miss asks the next zone; a failure always does
 * @param backfill whether a value that another zone answered is added to the zones that missed, with its remaining life
 */
public record ReadPolicy(List<String> zones, boolean onMiss, boolean backfill) {
    /** Local zone first, the others on a failure or a miss, with back-fill. The default. */
    public static final ReadPolicy LOCAL_FIRST = new ReadPolicy(List.of(), true, true);

    /** Local zone first, the others on a failure only: a miss costs one round trip, and a cold zone shows. */
    public static final ReadPolicy LOCAL_FIRST_ERRORS_ONLY = new ReadPolicy(List.of(), false, false);

    public ReadPolicy {
        zones = List.copyOf(zones);
    }

    /** Returns the policy that asks exactly these zones, in this order, on failure and on miss, and changes nothing anywhere. */
    public static ReadPolicy inOrder(List<String> zones) {
        return new ReadPolicy(zones, true, false);
    }
}
