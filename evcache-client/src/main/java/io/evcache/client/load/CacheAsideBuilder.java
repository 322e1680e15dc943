package io.evcache.client.load;

import static java.util.Objects.requireNonNull;

import io.evcache.client.EvCache;
import io.evcache.client.Loader;
import io.evcache.core.error.InvalidConfiguration;
import io.evcache.core.value.Ttl;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Collects how a {@link CacheAside} behaves. Not for use by several threads.
 *
 * @param <K> the keys of the DAO
 * @param <V> the values
 */
public final class CacheAsideBuilder<K, V> {
    /** Longer than a query that one waits for, shorter than what a caller of the service waits. */
    private static final Duration DEFAULT_LOAD_TIMEOUT = Duration.ofSeconds(5);

    /** Twice the load timeout: a lease that ends before the load does keeps the value from being stored. */
    private static final Duration DEFAULT_LEASE = Duration.ofSeconds(10);

    /** The part of the load timeout that is spent on waiting for another JVM; the rest is for a load of one's own. */
    private static final double SHARE_FOR_OTHERS = 0.6;

    /** memcached reads larger numbers of seconds as dates; a lease or a part of a life this long is a mistake anyway. */
    private static final Duration LONGEST = Duration.ofDays(30);

    private final EvCache<V> cache;
    private final Function<K, String> keys;
    private final List<String> problems = new ArrayList<>();
    private @Nullable Loader<? super K, ? extends V> loader;
    private @Nullable BulkLoader<K, V> bulkLoader;
    private @Nullable Ttl negativeTtl;
    private @Nullable Duration lease;
    private @Nullable Duration leaseWait;
    private double refreshAhead;
    private Duration staleOnError = Duration.ZERO;
    private int maxConcurrentLoads = 64;
    private int maxWaitingLoads = 10_000;
    private Duration loadTimeout = DEFAULT_LOAD_TIMEOUT;
    private @Nullable Executor executor;

    CacheAsideBuilder(EvCache<V> cache, Function<K, String> keys) {
        this.cache = requireNonNull(cache, "cache");
        this.keys = requireNonNull(keys, "keys");
    }

    /** Sets what loads one value. Must be set. */
    public CacheAsideBuilder<K, V> loader(Loader<? super K, ? extends V> loader) {
        this.loader = requireNonNull(loader, "loader");
        return this;
    }

    /** Sets what loads the missing ones of several values at once. Default: none; then each is loaded by the loader. */
    public CacheAsideBuilder<K, V> bulkLoader(BulkLoader<K, V> loader) {
        this.bulkLoader = requireNonNull(loader, "loader");
        return this;
    }

    /**
     * Has the cache remember for so long that the loader said null. Default: it does not, and each call for such a key loads. Other clients that read the cache see a miss.
     *
     * @param ttl more than zero, at most 10 years; sub-second parts are rounded up. The cache's jitter applies
     */
    public CacheAsideBuilder<K, V> negativeTtl(Duration ttl) {
        this.negativeTtl = Ttl.of(requireNonNull(ttl, "ttl"));
        return this;
    }

    /** Has one JVM load and the others wait for it, with the defaults: see {@link #leases(Duration, Duration)}; for 10 seconds, and others wait for three fifths of the load timeout. */
    public CacheAsideBuilder<K, V> leases() {
        this.lease = DEFAULT_LEASE;
        this.leaseWait = null;
        return this;
    }

    /**
     * Has one JVM load and the others wait for it, and makes it impossible that a loaded value replaces a newer one. Default: off, since all who read this cache must know leases: while a lease is open, other clients see
     * an empty value, and so does whoever reads with spymemcached's transport.
     *
     * @param lease how long one JVM may take to load, at least the load timeout, at most 30 days; rounded up to seconds. If it dies meanwhile, another one loads after that time
     * @param wait how long the others wait before they load themselves; less than the load timeout
     */
    public CacheAsideBuilder<K, V> leases(Duration lease, Duration wait) {
        this.lease = checked("lease", lease);
        this.leaseWait = checked("wait", wait);
        return this;
    }

    /**
     * Has one reader per zone, of all JVMs, reload a value in the background once this part of its life is over; all are served the present one meanwhile. Default: no.
     *
     * @param part more than 0 and less than 1; at least one second of the life remains
     */
    public CacheAsideBuilder<K, V> refreshAhead(double part) {
        if (!(part > 0 && part < 1)) {
            throw new IllegalArgumentException("refreshAhead must be more than 0 and less than 1, was " + part);
        }
        this.refreshAhead = part;
        return this;
    }

    /**
     * Keeps values for so long after their life has ended, and serves them if a load fails. Default: not at all. Reads of this cache that do not go through this object see such a value as if its life went on.
     *
     * @param time up to 30 days; rounded up to seconds
     */
    public CacheAsideBuilder<K, V> serveStaleOnError(Duration time) {
        this.staleOnError = checked("time", time);
        return this;
    }

    /** Sets how many loads run at once; a bulk load counts as one, and so does a load together with those that its loader waits for. Default: 64; a pool of database connections is a good measure. */
    public CacheAsideBuilder<K, V> maxConcurrentLoads(int loads) {
        this.maxConcurrentLoads = atLeast(1, "maxConcurrentLoads", loads);
        return this;
    }

    /** Sets how many loads wait while as many as may run do. What is beyond that fails at once with {@link LoadRejected}. Default: 10,000. */
    public CacheAsideBuilder<K, V> maxWaitingLoads(int loads) {
        this.maxWaitingLoads = atLeast(0, "maxWaitingLoads", loads);
        return this;
    }

    /** Sets how long a caller waits for a load, the wait for its turn included. Default: 5 seconds. The load itself goes on, and is not interrupted: give the DAO a timeout of its own. */
    public CacheAsideBuilder<K, V> loadTimeout(Duration timeout) {
        this.loadTimeout = checked("loadTimeout", requireNonNull(timeout, "timeout"));
        return this;
    }

    /**
     * Sets where loaders run. Default: daemon threads of this object, as many as loads run at once, gone after 30 idle seconds, with the context class loader of whoever calls {@link #build}. {@code Executors.newVirtualThreadPerTaskExecutor()} is a good choice on Java 21.
     *
     * <p>Nothing of the caller's thread, such as a transaction or thread-locals, reaches a loader: the load is not the caller's alone. Not for executors that run tasks on the thread that hands them over, which is often one
     * of the client's callback threads. The executor stays the caller's to end.
     */
    public CacheAsideBuilder<K, V> loadExecutor(Executor executor) {
        this.executor = requireNonNull(executor, "executor");
        return this;
    }

    /**
     * Returns the cache-aside.
     *
     * @throws InvalidConfiguration with every problem: no loader; leases, refresh or stale values on a transport that cannot do them; a lease shorter than the load timeout; a wait longer than that; a refresh of what never expires
     */
    public CacheAside<K, V> build() {
        Duration wait =
                leaseWait != null ? leaseWait : Duration.ofNanos((long) (loadTimeout.toNanos() * SHARE_FOR_OTHERS));
        check(wait);
        AsideOptions<K, V> options = new AsideOptions<>(
                keys,
                requireNonNull(loader),
                Optional.ofNullable(bulkLoader),
                Optional.ofNullable(negativeTtl),
                lease == null ? 0 : seconds(lease),
                wait,
                refreshAhead,
                seconds(staleOnError),
                maxConcurrentLoads,
                maxWaitingLoads,
                loadTimeout);
        return new CacheAside<>(
                cache.items(), options, LoadThreads.of(executor, cache.items().name()));
    }

    private void check(Duration wait) {
        problems.clear();
        if (loader == null) {
            problems.add("no loader");
        }
        if (lease != null && lease.compareTo(loadTimeout) < 0) {
            problems.add("a lease of " + lease + " ends before the load timeout of " + loadTimeout
                    + "; what is loaded after its end is not stored; use leases(lease, wait)");
        }
        if (lease != null && wait.compareTo(loadTimeout) >= 0) {
            problems.add("waiting " + wait + " for others leaves nothing of the load timeout of " + loadTimeout);
        }
        if (refreshAhead > 0 && cache.items().ttl().isNone()) {
            problems.add("refreshAhead of values that never expire");
        }
        checkLeases();
        if (!problems.isEmpty()) {
            throw new InvalidConfiguration(List.copyOf(problems));
        }
    }

    private void checkLeases() {
        List<String> asked = new ArrayList<>();
        if (lease != null) {
            asked.add("leases");
        }
        if (refreshAhead > 0) {
            asked.add("refreshAhead");
        }
        if (!staleOnError.isZero()) {
            asked.add("serveStaleOnError");
        }
        List<String> unable = asked.isEmpty() ? List.of() : cache.items().withoutLeases();
        if (!unable.isEmpty()) {
            problems.add("asked for " + String.join(", ", asked)
                    + ", which only memcached's meta protocol has; not spoken by " + String.join(", ", unable));
        }
    }

    private static Duration checked(String name, Duration given) {
        if (requireNonNull(given, name).isZero() || given.isNegative() || given.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(name + " must be more than 0 and at most " + LONGEST + ", was " + given);
        }
        return given;
    }

    private static int atLeast(int least, String name, int given) {
        if (given < least) {
            throw new IllegalArgumentException(name + " must be at least " + least + ", was " + given);
        }
        return given;
    }

    private static int seconds(Duration duration) {
        return Math.toIntExact(duration.plusNanos(999_999_999).toSeconds());
    }
}
