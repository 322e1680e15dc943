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
    static final long LONGEST_NANOS = Long.MAX_VALUE / 2;

    private static final Duration LONGEST = Duration.ofNanos(LONGEST_NANOS);

    /** How much of its time a call may lose by sharing the deadline of an earlier one: 0.4 %, of 20 ms about what a thread needs to wake up. */
    private static final int SLACK_SHIFT = 8;

    /** The same for long times: a fifth of the interval at which transports look for expired calls. */
    private static final long MAX_SLACK_NANOS = 1_000_000;

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

    /** For {@link Timeout}, which has checked. */
    static Deadline at(long at, long allowed, Ticker ticker) {
        return new Deadline(at, allowed, ticker);
    }

    /**
     * Returns a deadline for one of several attempts: {@code share} of what remains, never later than this one; expired if this one is.
     *
     * @param share more than 0, at most 1
     */
    public Deadline share(double share) {
        return share(share, this);
    }

    /**
     * Returns the same, or {@code like} if that is less than a moment earlier: 1/256 of the part, at most 1 ms. For a part that many calls take of the same or similar deadlines.
     *
     * @param like what this method returned before, or any other deadline
     */
    public Deadline share(double share, Deadline like) {
        if (!(share > 0 && share <= 1)) {
            throw new IllegalArgumentException("share must be more than 0 and at most 1, was " + share);
        }
        long now = ticker.nanos();
        long left = at - now;
        long part = Math.min(left, (long) (left * share));
        return like.ticker == ticker && like.standsFor(now, part) ? like : new Deadline(now + part, part, ticker);
    }

    /** Returns whether a call that begins now and is given so long loses next to nothing, and wins nothing, by having this deadline. */
    boolean standsFor(long now, long nanos) {
        long lost = now + nanos - at;
        return lost >= 0 && lost <= Math.min(nanos >> SLACK_SHIFT, MAX_SLACK_NANOS);
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
