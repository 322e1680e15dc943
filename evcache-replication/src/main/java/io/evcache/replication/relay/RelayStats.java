package io.evcache.replication.relay;

/**
 * The books of a relay since it started, in records of the log. {@code consumed} is the sum of all outcomes and of {@code inFlight}, always.
 *
 * @param consumed taken from the log
 * @param applied see {@link Outcome#APPLIED}, and so on
 * @param inFlight consumed and not ended
 * @param retried attempts that were not the last
 * @param gap records that were gone before they were read; not in {@code consumed}
 * @param lag records of the log that are not consumed yet, as far as known
 * @param linkReady whether the other region can be reached
 */
public record RelayStats(
        long consumed,
        long applied,
        long coalesced,
        long skippedForeign,
        long skippedExpired,
        long skippedGone,
        long skippedUnreadable,
        long skippedTooLarge,
        long deadLettered,
        long abandoned,
        long inFlight,
        long retried,
        long gap,
        long lag,
        boolean linkReady) {

    static RelayStats of(OffsetTracker.Books books, long retried, long gap, long lag, boolean linkReady) {
        return new RelayStats(
                books.consumed(),
                books.count(Outcome.APPLIED),
                books.count(Outcome.COALESCED),
                books.count(Outcome.SKIPPED_FOREIGN),
                books.count(Outcome.SKIPPED_EXPIRED),
                books.count(Outcome.SKIPPED_GONE),
                books.count(Outcome.SKIPPED_UNREADABLE),
                books.count(Outcome.SKIPPED_TOO_LARGE),
                books.count(Outcome.DEAD_LETTERED),
                books.count(Outcome.ABANDONED),
                books.inFlight(),
                retried,
                gap,
                lag,
                linkReady);
    }

    /** Returns how many records were not shipped for a reason that lies in them. */
    public long skipped() {
        return skippedForeign + skippedExpired + skippedGone + skippedUnreadable + skippedTooLarge;
    }

    /** Returns how many records have ended, in whatever way. */
    public long ended() {
        return applied + coalesced + skipped() + deadLettered + abandoned;
    }
}
