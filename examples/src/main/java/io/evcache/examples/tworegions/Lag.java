package io.evcache.examples.tworegions;

import io.evcache.replication.mutation.Mutation;
import io.evcache.replication.relay.Outcome;
import io.evcache.replication.relay.RelayObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** How long sets took from the write in one region until the other region confirmed that its zones hold the value. Both clocks are the same here. */
final class Lag implements RelayObserver {
    private final List<Long> millis = new ArrayList<>();

    @Override
    public synchronized void ended(Mutation mutation, Outcome outcome, Duration age) {
        if (outcome == Outcome.APPLIED) {
            millis.add(age.toMillis());
        }
    }

    synchronized int count() {
        return millis.size();
    }

    /** Begins anew and returns what was measured so far, in ascending order. */
    synchronized List<Long> take() {
        List<Long> sorted = new ArrayList<>(millis);
        Collections.sort(sorted);
        millis.clear();
        return sorted;
    }

    /** Returns the smallest value that is not exceeded by the given share of the sorted values; 0 if there are none. */
    static long percentile(List<Long> sorted, double share) {
        return sorted.isEmpty() ? 0 : sorted.get((int) Math.ceil(share * sorted.size()) - 1);
    }
}
