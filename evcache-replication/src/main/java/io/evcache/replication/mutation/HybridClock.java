package io.evcache.replication.mutation;

import io.evcache.core.time.WallClock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Makes versions: numbers that grow with the time of day, never repeat within one writer, and order the writes of several writers as well as their clocks
 * agree. A hybrid logical clock (Kulkarni and others, 2014) in 63 bits, so that a version fits memcached's compare-and-store token and a Java {@code long}:
 *
 * <pre>
 * bits    length   meaning
 * 20-62   43       milliseconds since 2024-01-01T00:00Z, good until the year 2302
 * 8-19    12       counter of the writes within one millisecond; runs over into the milliseconds
 * 0-7     8        tie-break between writers
 * </pre>
 *
 * <p>Thread-safe and lock-free. A clock that steps back does not make versions fall: they go on by the counter until the clock has caught up.
 */
public final class HybridClock {
    /** 2024-01-01T00:00Z in milliseconds since 1970. */
    public static final long EPOCH_MILLIS = 1_704_067_200_000L;

    /** A version further ahead of the own clock is not followed: one machine with a wrong clock must not move all the others. */
    public static final Duration MAX_SKEW = Duration.ofSeconds(5);

    private static final int WRITER_BITS = 8;
    private static final int COUNTER_BITS = 12;
    private static final int TIME_SHIFT = WRITER_BITS + COUNTER_BITS;

    private final WallClock clock;
    private final int writer;

    /** The last version without its writer: time and counter as one number. */
    private final AtomicLong last = new AtomicLong();

    /**
     * Creates a clock.
     *
     * @param writer 0 to 255, best different for writers that may write the same keys; see {@link #writer}
     */
    public HybridClock(WallClock clock, int writer) {
        if (writer < 0 || writer >= 1 << WRITER_BITS) {
            throw new IllegalArgumentException("writer must be 0 to 255, was " + writer);
        }
        this.clock = clock;
        this.writer = writer;
    }

    /** Returns a tie-break for a writer: eight bits of a hash of its region and of anything that names the process. */
    public static int writer(String region, String instance) {
        int hash = 31 * region.hashCode() + instance.hashCode();
        hash ^= hash >>> 16;
        return (hash ^ hash >>> 8) & 0xFF;
    }

    /** Returns a version above every one this clock has returned or followed. */
    public long next() {
        long now = now();
        long ticks = last.updateAndGet(before -> Math.max(before + 1, now));
        return ticks << WRITER_BITS | writer;
    }

    /** Makes later versions exceed this one, unless it is more than {@link #MAX_SKEW} ahead of the clock. Returns whether it was followed. */
    public boolean follow(long version) {
        long seen = version >>> WRITER_BITS;
        if (seen > now() + (MAX_SKEW.toMillis() << COUNTER_BITS)) {
            return false;
        }
        last.accumulateAndGet(seen, Math::max);
        return true;
    }

    /** Returns the time in a version, in milliseconds since 1970. */
    public static long millis(long version) {
        return (version >>> TIME_SHIFT) + EPOCH_MILLIS;
    }

    /** At least one millisecond after the epoch, so that a version is never zero, which servers take for "none". */
    private long now() {
        return Math.max(1, clock.millis() - EPOCH_MILLIS) << COUNTER_BITS;
    }
}
