package io.evcache.client.near;

import static java.util.Objects.requireNonNull;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.evcache.core.time.Ticker;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Decoded values of one cache, in this JVM, by the names that the application uses.
 *
 * <p>A value is kept only if its key was not written since it was asked for: take a {@link Load} before the read is sent and {@link #keep} what comes. While a write of this client is under way, until its last zone has
 * answered, nothing is kept for its key. Age counts from the asking, and is looked at when a value is asked for: what has had its time stays in memory until it is asked for again or displaced.
 *
 * <p>Thread-safe. A hit takes no lock and allocates nothing. The same object is given to all callers.
 *
 * @param <V> the type of the values; must not be modified by whoever gets one
 */
public final class NearCache<V> {
    /** What an entry takes beside key and value, roughly: two nodes of hash tables and their links. */
    private static final int ENTRY_BYTES = 120;

    private final NearCacheOptions options;
    private final long lifeNanos;
    private final long lifeWithFeedNanos;
    private final Ticker ticker;
    private final Feeds feeds;
    private final Guard guard = new Guard();
    private final Cache<String, Entry<V>> entries;
    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();
    private final LongAdder kept = new LongAdder();
    private final LongAdder outdated = new LongAdder();
    private final LongAdder invalidated = new LongAdder();
    private final LongAdder cleared = new LongAdder();

    /**
     * When something was asked for, to be given back with what came of it; one serves any number of keys.
     *
     * @param moment of the guard
     * @param since of the ticker
     */
    public record Load(long moment, long since) {}

    /** A value, how heavy it is, since when it counts, and which part of a life it gets. */
    private record Entry<V>(V value, int bytes, Load load, float share) {}

    NearCache(NearCacheOptions options, Ticker ticker, Feeds feeds) {
        this.options = options;
        this.lifeNanos = options.lifeNanos(); // worked out once and not at each hit
        this.lifeWithFeedNanos = options.lifeWithFeedNanos();
        this.ticker = ticker;
        this.feeds = feeds;
        // The cache's own upkeep runs on the calling threads: no thread of ours, and none of the common pool.
        Caffeine<Object, Object> builder = Caffeine.newBuilder().executor(Runnable::run);
        this.entries = options.maximumSize() > 0
                ? builder.maximumSize(options.maximumSize()).build()
                : builder.maximumWeight(options.maximumBytes())
                        .weigher((String key, Entry<V> entry) -> entry.bytes())
                        .build();
    }

    /** Returns the value, or null if there is none that may still be served. */
    public @Nullable V get(String key) {
        Entry<V> entry = entries.getIfPresent(requireNonNull(key, "key"));
        if (entry == null) {
            misses.increment();
            return null;
        }
        if (!isServed(entry)) {
            entries.asMap().remove(key, entry);
            misses.increment();
            return null;
        }
        hits.increment();
        return entry.value;
    }

    /** Returns what to give to {@link #keep} with what is asked for from now on. */
    public Load load() {
        return new Load(guard.now(), ticker.nanos());
    }

    /**
     * Keeps a value that was asked for after {@code load} was taken, unless its key may have been written since.
     *
     * @param bytes its size as it is encoded
     */
    public void keep(Load load, String key, V value, int bytes) {
        int weight = (int) Math.min(Integer.MAX_VALUE, (long) bytes + key.length() + ENTRY_BYTES);
        float share =
                (float) (1 - options.jitter() * ThreadLocalRandom.current().nextDouble());
        Entry<V> fresh = new Entry<>(requireNonNull(value, "value"), weight, load, share);
        // Whoever writes first changes the guard and then removes the key; so either the change is seen here, under the
        // key's lock, or the removal waits for this and takes out what is put here.
        entries.asMap().compute(key, (same, present) -> {
            if (present != null && present.load.moment > load.moment) {
                return present;
            }
            return guard.allows(key, load.moment) ? fresh : present;
        });
        if (guard.allows(key, load.moment)) {
            kept.increment();
        } else {
            outdated.increment();
        }
    }

    /** Takes the key out; what was asked for before is not kept any more. */
    public void invalidate(String key) {
        guard.change(key);
        remove(key);
    }

    /** Drops everything; what was asked for before is not kept any more. */
    public void clear() {
        guard.changeAll();
        entries.invalidateAll();
        cleared.increment();
    }

    /** Takes the key out, and keeps nothing for it until {@link #endWrite}. */
    void beginWrite(String key) {
        guard.beginWrite(key);
        remove(key);
    }

    void endWrite(String key) {
        guard.endWrite(key);
        remove(key);
    }

    /** Returns what it has done. */
    public NearStats stats() {
        return new NearStats(
                hits.sum(),
                misses.sum(),
                kept.sum(),
                outdated.sum(),
                invalidated.sum(),
                cleared.sum(),
                entries.estimatedSize(),
                feeds.isFed(ticker.nanos()));
    }

    private void remove(String key) {
        if (entries.asMap().remove(key) != null) {
            invalidated.increment();
        }
    }

    private boolean isServed(Entry<V> entry) {
        long now = ticker.nanos();
        long life = feeds.isFed(now) ? lifeWithFeedNanos : lifeNanos;
        return now - entry.load.since < (long) (life * entry.share) && guard.outlived(entry.load.moment);
    }

    @Override
    public String toString() {
        return options + ", " + entries.estimatedSize() + " now";
    }
}
