package io.evcache.client.load;

import io.evcache.client.Loader;
import io.evcache.core.value.Ttl;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;

/**
 * How one {@link CacheAside} behaves; explained at its builder.
 *
 * @param leaseSeconds 0 for no leases
 * @param refreshAhead 0 for none
 * @param keptSeconds 0 for none
 */
record AsideOptions<K, V>(
        Function<K, String> keys,
        Loader<? super K, ? extends V> loader,
        Optional<BulkLoader<K, V>> bulkLoader,
        Optional<Ttl> negativeTtl,
        int leaseSeconds,
        Duration leaseWait,
        double refreshAhead,
        int keptSeconds,
        int maxConcurrentLoads,
        int maxWaitingLoads,
        Duration loadTimeout) {

    boolean hasLeases() {
        return leaseSeconds > 0;
    }

    /** The settings that differ from nothing. */
    @Override
    public String toString() {
        return "at most " + maxConcurrentLoads + " loads"
                + (hasLeases() ? ", leases of " + leaseSeconds + " s" : ", no leases")
                + (refreshAhead > 0 ? ", refresh ahead at " + refreshAhead : "")
                + negativeTtl
                        .map(ttl -> ", absence kept for " + ttl.seconds() + " s")
                        .orElse("")
                + (keptSeconds > 0 ? ", values kept for failing loads " + keptSeconds + " s" : "");
    }
}
