package io.evcache.client;

import io.evcache.client.pipeline.CacheObserver;
import io.evcache.client.pipeline.Read;
import io.evcache.client.pipeline.ReadPolicy.Agreement;
import io.evcache.client.pipeline.ReadResult;
import io.evcache.client.pipeline.Write;
import io.evcache.client.pipeline.WriteResult;
import io.evcache.core.command.Delete;
import io.evcache.core.command.Lookup;
import io.evcache.core.command.Store;
import io.evcache.core.error.EvCacheException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** Counts how calls end, per cache. Reads that servers are not to count as use of the item, such as the looks of those who wait for another's load, are not counted here either: one wait would be dozens of misses. */
final class Statistics implements CacheObserver {
    /** Caches have names that programs make up; those from here on share one count, so that names made of data cost no memory. */
    static final int MOST_CACHES = 1_000;

    private final Map<String, Counts> caches = new ConcurrentHashMap<>();
    private final Counts others = new Counts();

    CacheStats all() {
        CacheStats all = others.now();
        for (Counts counts : caches.values()) {
            all = all.plus(counts.now());
        }
        return all;
    }

    CacheStats of(String cache) {
        Counts counts = caches.get(cache);
        return counts == null ? CacheStats.EMPTY : counts.now();
    }

    @Override
    public void read(Read read, ReadResult result, long nanos) {
        if (!read.isUse()) {
            return;
        }
        Counts counts = counts(read.cache());
        (result.lookup() instanceof Lookup.Hit ? counts.hits : counts.misses).increment();
        if (result.attempts() > 1 && read.policy().agreement() == Agreement.ONE) {
            counts.fallbacks.increment();
        }
        counts.readNanos.add(nanos);
    }

    @Override
    public void readFailed(Read read, EvCacheException failure, long nanos) {
        if (!read.isUse()) {
            return;
        }
        Counts counts = counts(read.cache());
        counts.readFailures.increment();
        counts.readNanos.add(nanos);
    }

    @Override
    public void written(Write write, WriteResult result, long nanos) {
        if (write.isQuestion()) {
            return;
        }
        Counts counts = counts(write.cache());
        counts.writes(write, result).increment();
        counts.writeNanos.add(nanos);
    }

    private Counts counts(String cache) {
        Counts known = caches.get(cache);
        if (known != null) {
            return known;
        }
        return caches.size() < MOST_CACHES ? caches.computeIfAbsent(cache, name -> new Counts()) : others;
    }

    private static final class Counts {
        final LongAdder hits = new LongAdder();
        final LongAdder misses = new LongAdder();
        final LongAdder readFailures = new LongAdder();
        final LongAdder fallbacks = new LongAdder();
        final LongAdder puts = new LongAdder();
        final LongAdder removals = new LongAdder();
        final LongAdder otherWrites = new LongAdder();
        final LongAdder unmetWrites = new LongAdder();
        final LongAdder readNanos = new LongAdder();
        final LongAdder writeNanos = new LongAdder();

        LongAdder writes(Write write, WriteResult result) {
            if (!result.isMet()) {
                return unmetWrites;
            }
            if (write.command() instanceof Store) {
                return puts;
            }
            return write.command() instanceof Delete ? removals : otherWrites;
        }

        CacheStats now() {
            return new CacheStats(
                    hits.sum(),
                    misses.sum(),
                    readFailures.sum(),
                    fallbacks.sum(),
                    puts.sum(),
                    removals.sum(),
                    otherWrites.sum(),
                    unmetWrites.sum(),
                    readNanos.sum(),
                    writeNanos.sum());
        }
    }
}
