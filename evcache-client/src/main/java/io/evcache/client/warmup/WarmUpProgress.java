package io.evcache.client.warmup;

import io.evcache.core.error.EvCacheException;
import java.util.Map;

/**
 * How far a warm-up has come.
 *
 * @param listed items that the nodes of the source have named so far; each is counted in one of the following six as well
 * @param copied added to the target, those that were withdrawn later included
 * @param present found in the target already, or stored there by somebody else meanwhile
 * @param vanished gone from the source, or expired, between being named and being read
 * @param skipped left where they are: marked stale, or on a node that does not own the key any more, where no client would find them
 * @param failed could not be read from the source or stored in the target; a further warm-up takes them up
 * @param pending named, and not dealt with: those in work while it runs, and those that it was ended before
 * @param withdrawn copies taken back, as the source no longer had them so, or could not say
 * @param unchecked copies of which neither could be done; they may be older than what the source has now, and stay until they expire or are written
 * @param bytes of values and keys, and the servers' headers, copied
 * @param total items that the nodes of the source had at the start, as far as they said; expired ones that they have not dropped yet count
 * @param hitRate how much of what the source has is in the target, 0 to 1, at the last {@linkplain ZoneWarmUp#untilHitRate sample}; 0 before the first
 * @param failures the last failure of each node of either zone that had one, by {@code zone/address}
 */
public record WarmUpProgress(
        long listed,
        long copied,
        long present,
        long vanished,
        long skipped,
        long failed,
        long pending,
        long withdrawn,
        long unchecked,
        long bytes,
        long total,
        double hitRate,
        Map<String, EvCacheException> failures) {
    public WarmUpProgress {
        failures = Map.copyOf(failures);
    }
}
