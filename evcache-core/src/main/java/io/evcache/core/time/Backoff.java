package io.evcache.core.time;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Exponential back-off with full jitter: the delay before attempt <i>n</i> is uniformly random up to {@code first × 2^n},
 * capped. Jitter keeps many clients from reconnecting to a restarted server in one instant.
 *
 * @param first the upper bound of the first delay; more than zero
 * @param cap the upper bound of every delay; at least {@code first}
 */
public record Backoff(Duration first, Duration cap) {

    /** As much as fits a {@code long} of nanoseconds, and one more; 146 years. */
    private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE / 2);

    public Backoff {
        if (first.isZero() || first.isNegative() || cap.compareTo(first) < 0) {
            throw new IllegalArgumentException("back-off needs 0 < first <= cap, was first " + first + ", cap " + cap);
        }
    }

    /**
     * Returns the delay before the given attempt.
     *
     * @param attempt 0 for the first retry
     * @return from 1 ms up to the bound for this attempt
     */
    public Duration delay(int attempt, RandomGenerator random) {
        long bound = nanos(cap);
        int doublings = Math.min(attempt, 62);
        if (nanos(first) <= bound >> doublings) {
            bound = nanos(first) << doublings;
        }
        return Duration.ofNanos(Math.max(1_000_000, random.nextLong(bound + 1)));
    }

    private static long nanos(Duration duration) {
        return duration.compareTo(LONGEST) < 0 ? duration.toNanos() : LONGEST.toNanos();
    }
}
