package io.evcache.client.pipeline;

import io.evcache.core.command.Lookup;
import io.evcache.core.error.EvCacheException;
import org.jspecify.annotations.Nullable;

/**
 * How a read ended.
 *
 * @param lookup what the answering zone said: a hit, or a miss of the last zone that could be asked
 * @param zone the zone that said it
 * @param attempts how many zones were asked; 0 if the cache is switched off, a miss
 * @param failure what an earlier zone failed with, if one did; the answer stands all the same
 */
public record ReadResult(
        Lookup lookup, String zone, int attempts, @Nullable EvCacheException failure) {}
