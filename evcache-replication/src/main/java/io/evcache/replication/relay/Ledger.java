package io.evcache.replication.relay;

import io.evcache.core.time.WallClock;
import io.evcache.replication.mutation.Mutation;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes down how work ends: in the tracker's books and to the observer. For any thread. */
final class Ledger {
    private static final Logger LOG = LoggerFactory.getLogger(Ledger.class);

    private final OffsetTracker tracker;
    private final RelayObserver observer;
    private final WallClock clock;
    private final AtomicLong retried = new AtomicLong();
    private final AtomicLong gap = new AtomicLong();

    Ledger(OffsetTracker tracker, RelayObserver observer, WallClock clock) {
        this.tracker = tracker;
        this.observer = observer;
        this.clock = clock;
    }

    void ended(Work work, Outcome outcome) {
        ended(work.survivor(), outcome);
        work.deletion().ifPresent(this::covered);
    }

    /** A later mutation of the same key ships what this would have. */
    void covered(Work.Item item) {
        ended(item, Outcome.COALESCED);
    }

    void ended(Work.Item item, Outcome outcome) {
        if (tracker.ended(item.position(), outcome)) {
            Mutation mutation = item.mutation();
            tell(() ->
                    observer.ended(mutation, outcome, Duration.ofMillis(clock.millis() - mutation.writtenAtMillis())));
        }
    }

    /** Ends a record that is no mutation. */
    void ended(Position position, Outcome outcome) {
        tracker.ended(position, outcome);
    }

    void retried(Work work, String reason) {
        retried.incrementAndGet();
        tell(() -> observer.retried(work.mutation(), reason));
    }

    void gap(int partition, long records) {
        gap.addAndGet(records);
        tell(() -> observer.gap(partition, records));
    }

    /** Returns whether any of the records is still this relay's to ship. */
    boolean isWanted(Work work) {
        return isWanted(work.survivor().position())
                || work.deletion()
                        .map(Work.Item::position)
                        .filter(this::isWanted)
                        .isPresent();
    }

    /** Returns whether the record is still this relay's. */
    boolean isWanted(Position position) {
        return tracker.isHere(position);
    }

    RelayStats stats(long lag, boolean linkReady) {
        return RelayStats.of(tracker.books(), retried.get(), gap.get(), lag, linkReady);
    }

    private static void tell(Runnable event) {
        try {
            event.run();
        } catch (Throwable e) { // a stranger's code, which may throw what it does not declare
            LOG.error("An observer failed; the relay goes on", e);
        }
    }
}
