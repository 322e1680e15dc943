package io.evcache.core.time;

import static java.util.Objects.requireNonNull;

/**
 * A length of time that many calls are given. Calls that begin at nearly the same time share one {@link Deadline}, so that a busy client makes no object for it per call. What a call can lose by that is 1/256 of its time, at
 * most 1 ms.
 *
 * <p>Thread-safe.
 */
public final class Timeout {
    private final long nanos;
    private final Ticker ticker;

    /** Threads that meet here make a deadline each, and one of them is kept. */
    private volatile Deadline last;

    private Timeout(long nanos, Ticker ticker) {
        this.nanos = nanos;
        this.ticker = ticker;
        this.last = start(ticker.nanos());
    }

    /**
     * Returns a timeout of this length.
     *
     * @param nanos more than zero; above 146 years counts as 146 years
     */
    public static Timeout ofNanos(long nanos, Ticker ticker) {
        requireNonNull(ticker, "ticker");
        if (nanos <= 0) {
            throw new IllegalArgumentException("timeout must be more than zero, was " + nanos + " ns");
        }
        return new Timeout(Math.min(nanos, Deadline.LONGEST_NANOS), ticker);
    }

    /** Returns the deadline of a call that begins now. */
    public Deadline start() {
        long now = ticker.nanos();
        Deadline known = last;
        if (known.standsFor(now, nanos)) {
            return known;
        }
        Deadline fresh = start(now);
        last = fresh;
        return fresh;
    }

    private Deadline start(long now) {
        return Deadline.at(now + nanos, nanos, ticker);
    }

    @Override
    public String toString() {
        return "Timeout(" + nanos / 1_000 + " µs)";
    }
}
