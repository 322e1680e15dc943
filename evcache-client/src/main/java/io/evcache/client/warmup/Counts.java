package io.evcache.client.warmup;

import io.evcache.core.error.EvCacheException;
import io.evcache.core.node.NodeRoute;
import java.util.LinkedHashMap;
import java.util.Map;

/** The numbers of a {@link WarmUpProgress} while they grow. Confined to the warm-up's thread. */
final class Counts {
    private final Map<String, EvCacheException> failures = new LinkedHashMap<>();
    long listed;
    long copied;
    long present;
    long vanished;
    long skipped;
    long failed;
    long withdrawn;
    long unchecked;
    long bytes;
    long total;

    /** Whether every node has named all that it has: servers count expired items in {@link #total} that they never name. */
    boolean allListed;

    double hitRate;

    void failure(String zone, NodeRoute node, EvCacheException failure) {
        failures.put(zone + "/" + node.address(), failure);
    }

    /** Returns the share of those keys that the target had by itself, among those that were looked for there; 0 before there is any. */
    double presentShare() {
        return share(present, present + copied + failed);
    }

    /** Returns how much of the source has been named; all of it if nobody said how much there is. */
    double listedShare() {
        return allListed || total == 0 ? 1 : Math.min(1, share(listed, total));
    }

    private static double share(long part, long whole) {
        return whole == 0 ? 0 : (double) part / whole;
    }

    WarmUpProgress snapshot() {
        long done = copied + present + vanished + skipped + failed;
        return new WarmUpProgress(
                listed,
                copied,
                present,
                vanished,
                skipped,
                failed,
                listed - done,
                withdrawn,
                unchecked,
                bytes,
                total,
                hitRate,
                failures);
    }
}
