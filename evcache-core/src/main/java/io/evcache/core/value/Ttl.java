package io.evcache.core.value;

import io.evcache.core.time.WallClock;
import java.time.Duration;

/**
 * How long an item lives, in whole seconds: 1 second to 3650 days, which is called 10 years, or {@linkplain #none() for ever}.
 *
 * <p>Immutable, equal by its number of seconds. Memcached may drop an item earlier when it needs the memory.
 */
public final class Ttl {

    /** The longest time to live: 3650 days. */
    public static final Duration MAX = Duration.ofDays(3650);

    /** Above this memcached reads the number as a point in time instead of a distance. */
    private static final long MAX_RELATIVE_SECONDS = 2_592_000;

    /**
     * 2038-01-19. memcached keeps the number in a signed 32-bit integer: with one more it answers as usual and the item
     * is gone at once (seen on 1.6.18 and 1.6.38).
     */
    private static final long MAX_ABSOLUTE_SECONDS = Integer.MAX_VALUE;

    private static final long ALMOST_A_SECOND_NANOS = 999_999_999;

    private static final String FOR_EVER =
            " (for items that do not expire: neverExpires() of the cache's options, or Ttl.none())";

    private static final Ttl NONE = new Ttl(0);

    private final long seconds;

    private Ttl(long seconds) {
        this.seconds = seconds;
    }

    /** The item does not expire. */
    public static Ttl none() {
        return NONE;
    }

    /**
     * Lives this long; sub-second parts are rounded up to the next second.
     *
     * @throws IllegalArgumentException if zero, negative, or longer than {@link #MAX}
     */
    public static Ttl of(Duration duration) {
        if (duration.isZero() || duration.isNegative()) {
            throw notPositive(duration.toString());
        }
        if (duration.compareTo(MAX) > 0) {
            throw tooLong(duration.toString());
        }
        return new Ttl(duration.plusNanos(ALMOST_A_SECOND_NANOS).toSeconds());
    }

    /**
     * Lives this many seconds.
     *
     * @throws IllegalArgumentException if zero, negative, or longer than {@link #MAX}
     */
    public static Ttl ofSeconds(long seconds) {
        if (seconds <= 0) {
            throw notPositive(seconds + " s");
        }
        if (seconds > MAX.toSeconds()) {
            throw tooLong(seconds + " s");
        }
        return new Ttl(seconds);
    }

    private static IllegalArgumentException notPositive(String given) {
        return new IllegalArgumentException("TTL must be at least 1 second, was " + given + FOR_EVER);
    }

    private static IllegalArgumentException tooLong(String given) {
        return new IllegalArgumentException("TTL must be at most " + MAX.toDays() + " days (" + MAX.toSeconds()
                + " s), was " + given + "; was it meant in milliseconds?" + FOR_EVER);
    }

    /** Returns whether what has this life does not expire. */
    public boolean isNone() {
        return seconds == 0;
    }

    /** Whole seconds, 1 to 315,360,000; 0 for {@link #none()}. */
    public long seconds() {
        return seconds;
    }

    /**
     * The number that goes behind memcached's {@code T} flag: 0 for none, the seconds up to 30 days, and above that the
     * second since 1970 at which the item expires, by the given clock. A point in time after 2038-01-19 is cut to that day, the
     * last one memcached understands; within 30 days of it, or after it, items get the 30 days that can still be said.
     */
    public long wireSeconds(WallClock clock) {
        if (seconds <= MAX_RELATIVE_SECONDS) {
            return seconds;
        }
        long now = Math.floorDiv(clock.millis(), 1000L);
        if (now + seconds <= MAX_ABSOLUTE_SECONDS) {
            return now + seconds;
        }
        return MAX_ABSOLUTE_SECONDS - now > MAX_RELATIVE_SECONDS ? MAX_ABSOLUTE_SECONDS : MAX_RELATIVE_SECONDS;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Ttl ttl && seconds == ttl.seconds;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(seconds);
    }

    @Override
    public String toString() {
        return isNone() ? "no TTL" : "TTL " + seconds + " s";
    }
}
