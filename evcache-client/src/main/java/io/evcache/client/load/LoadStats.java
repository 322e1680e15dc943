package io.evcache.client.load;

import java.util.concurrent.atomic.LongAdder;

/**
 * What a {@link CacheAside} has done since it was built. Each number grows only.
 *
 * @param loads calls of the loader, and of the bulk loader, that were begun
 * @param loadFailures keys whose loader threw; if a bulk loader throws, all of its keys
 * @param found keys of which a loader had a value
 * @param absent keys of which a loader said that there is no such item
 * @param shared callers that waited for a load that another caller had begun
 * @param rejected loads that were not begun because too many were waiting, or the executor refused; refreshes in the background that found all permits taken are among them
 * @param refreshes loads in the background, for keys whose value was served meanwhile, those included that were not begun for want of a permit
 * @param staleServed failed loads whose callers, however many waited, got an outdated value instead
 * @param outdated loaded values that were not kept in some zone, since the item was written, deleted or lost there meanwhile, or no token was got
 * @param leaseWaits loads that waited for another JVM's
 * @param leaseOverruns of these, how many waited too long and loaded themselves
 * @param invalidationsRepeated deletions that had to be repeated, because a zone had not confirmed them
 * @param invalidationsGivenUp deletions that a zone has not confirmed in the end; there an old value may live until it expires
 */
public record LoadStats(
        long loads,
        long loadFailures,
        long found,
        long absent,
        long shared,
        long rejected,
        long refreshes,
        long staleServed,
        long outdated,
        long leaseWaits,
        long leaseOverruns,
        long invalidationsRepeated,
        long invalidationsGivenUp) {

    /** Counts; from any thread. */
    static final class Counters {
        final LongAdder loads = new LongAdder();
        final LongAdder loadFailures = new LongAdder();
        final LongAdder found = new LongAdder();
        final LongAdder absent = new LongAdder();
        final LongAdder shared = new LongAdder();
        final LongAdder rejected = new LongAdder();
        final LongAdder refreshes = new LongAdder();
        final LongAdder staleServed = new LongAdder();
        final LongAdder outdated = new LongAdder();
        final LongAdder leaseWaits = new LongAdder();
        final LongAdder leaseOverruns = new LongAdder();
        final LongAdder invalidationsRepeated = new LongAdder();
        final LongAdder invalidationsGivenUp = new LongAdder();

        LoadStats now() {
            return new LoadStats(
                    loads.sum(),
                    loadFailures.sum(),
                    found.sum(),
                    absent.sum(),
                    shared.sum(),
                    rejected.sum(),
                    refreshes.sum(),
                    staleServed.sum(),
                    outdated.sum(),
                    leaseWaits.sum(),
                    leaseOverruns.sum(),
                    invalidationsRepeated.sum(),
                    invalidationsGivenUp.sum());
        }
    }
}
