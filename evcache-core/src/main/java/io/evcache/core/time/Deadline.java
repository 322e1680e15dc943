package io.evcache.core.time;

import java.time.Duration;
import java.util.Objects;

/**
 * The instant after which a call's answer is worthless. One deadline covers the whole call: queueing, every attempt, fallback and decoding.
 *
 * <p>Immutable and cheap to read: one clock reading and a subtraction.
 */
public final class Deadline {
    /** Half of what a reading can differ by, so that no subtraction overflows, whichever of the two was read first; 146 years. */
    private static final long LONGEST_NANOS = Long.MAX_VALUE / 2;

    private static final Duration LONGEST = Duration.ofNanos(LONGEST_NANOS);

    private final long at;
    private final long allowed;
    private final Ticker ticker;

    private Deadline(long at, long allowed, Ticker ticker) {
        this.at = at;
        this.allowed = allowed;
        this.ticker = ticker;
    }

    /**
     * Returns the deadline that is {@code timeout} from now.
     *
     * @param timeout more than zero; above 146 years counts as 146 years
     */
    public static Deadline after(Duration timeout, Ticker ticker) {
        return afterNanos(timeout.compareTo(LONGEST) < 0 ? timeout.toNanos() : LONGEST_NANOS, ticker);
    }

    /**
     * Returns the deadline that is {@code nanos} from now.
     *
     * @param nanos more than zero; above 146 years counts as 146 years
     */
    public static Deadline afterNanos(long nanos, Ticker ticker) {
        Objects.requireNonNull(ticker, "ticker");
        if (nanos <= 0) {
            throw new IllegalArgumentException("timeout must be more than zero, was " + nanos + " ns");
        }
        long allowed = Math.min(nanos, LONGEST_NANOS);
        return new Deadline(ticker.nanos() + allowed, allowed, ticker);
    }

    /**
     * Returns a deadline for one of several attempts: {@code share} of what remains, never later than this one; expired if this one is.
     *
     * @param share more than 0, at most 1
     */
    public Deadline share(double share) {
        if (!(share > 0 && share <= 1)) {
            throw new IllegalArgumentException("share must be more than 0 and at most 1, was " + share);
        }
        long now = ticker.nanos();
        long left = at - now;
        long part = Math.min(left, (long) (left * share));
        return new Deadline(now + part, part, ticker);
    }

    /** Returns whether nothing remains. */
    public boolean isExpired() {
        return remainingNanos() <= 0;
    }

    /** Returns the nanoseconds that remain; zero or negative when expired. */
    public long remainingNanos() {
        return at - ticker.nanos();
    }

    /** Returns whether the deadline lies before {@code nanos}, a reading of the same ticker. */
    public boolean isBefore(long nanos) {
        return at - nanos <= 0;
    }

    /** Returns the time that the call was given when the deadline was set, for messages. */
    public Duration allowed() {
        return Duration.ofNanos(allowed);
    }

    @Override
    public String toString() {
        return "Deadline(" + allowed / 1_000 + " µs allowed, " + remainingNanos() / 1_000 + " µs left)";
    }
}
