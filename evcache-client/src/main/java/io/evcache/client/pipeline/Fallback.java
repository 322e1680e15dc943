package io.evcache.client.pipeline;

/**
 * When a read asks the next zone.
 *
 * @param onError whether a zone that failed or did not answer in its time leads to the next one
 * @param onMiss whether a zone that has nothing leads to the next one
 * @param furtherZones how many zones may be asked after the first; at least 0
 * @param shareOfDeadline the part of the time left that one zone may use while another could still answer; more than 0, at most 1. A hung zone then leaves the rest for a healthy one, and a
 *     merely slow one is not given up too soon
 */
public record Fallback(boolean onError, boolean onMiss, int furtherZones, double shareOfDeadline) {
    /** Of 100 ms a hung local zone takes 60, and leaves 40 for the others. */
    private static final double DEFAULT_SHARE = 0.6;

    /** On a failure and on a miss, to every zone there is, one zone using at most 60 % of the time left. The default. */
    public static final Fallback ALWAYS = new Fallback(true, true, Integer.MAX_VALUE, DEFAULT_SHARE);

    /** On a failure only: a miss is the answer. */
    public static final Fallback ON_ERROR = new Fallback(true, false, Integer.MAX_VALUE, DEFAULT_SHARE);

    /** On a miss only: a failure is the answer, and one zone may use all the time. */
    public static final Fallback ON_MISS = new Fallback(false, true, Integer.MAX_VALUE, DEFAULT_SHARE);

    /** Never: one zone is asked. */
    public static final Fallback NEVER = new Fallback(false, false, 0, DEFAULT_SHARE);

    public Fallback {
        if (furtherZones < 0) {
            throw new IllegalArgumentException("furtherZones must be at least 0, was " + furtherZones);
        }
        if (!(shareOfDeadline > 0 && shareOfDeadline <= 1)) {
            throw new IllegalArgumentException(
                    "shareOfDeadline must be more than 0 and at most 1, was " + shareOfDeadline);
        }
    }

    /** Returns this with at most so many zones after the first. */
    public Fallback toAtMost(int furtherZones) {
        return new Fallback(onError, onMiss, furtherZones, shareOfDeadline);
    }

    /** Returns this with another part of the time left for one zone. */
    public Fallback withShareOfDeadline(double share) {
        return new Fallback(onError, onMiss, furtherZones, share);
    }

    /** Returns how many of so many zones may be asked. */
    public int zones(int existing) {
        return furtherZones < existing ? Math.min(existing, furtherZones + 1) : existing;
    }
}
