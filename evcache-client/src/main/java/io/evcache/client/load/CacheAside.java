package io.evcache.client.load;

import static java.util.Objects.requireNonNull;

import io.evcache.client.CacheItems;
import io.evcache.client.EvCache;
import io.evcache.client.load.Freshness.Verdict;
import io.evcache.client.pipeline.ReadResult;
import io.evcache.client.pipeline.WriteLatch;
import io.evcache.client.pipeline.WriteResult;
import io.evcache.client.pipeline.ZoneOutcome.Status;
import io.evcache.client.pipeline.ZoneTokens;
import io.evcache.core.command.Get;
import io.evcache.core.command.Pending;
import io.evcache.core.command.Waiting;
import io.evcache.core.error.CallInterrupted;
import io.evcache.core.error.EvCacheException;
import io.evcache.core.key.Key;
import io.evcache.core.time.Deadline;
import io.evcache.core.value.EncodedValue;
import io.evcache.core.value.Ttl;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A cache in front of a DAO:
 *
 * <pre>{@code
 * CacheAside<Long, Profile> byId = CacheAside.over(profiles, (Long id) -> "id:" + id)
 *         .loader(dao::findById).bulkLoader(dao::findByIds)
 *         .negativeTtl(Duration.ofSeconds(30)).leases()
 *         .build();
 * Profile profile = byId.get(42L);
 * byId.writeThenInvalidate(42L, () -> dao.save(changed));
 * }</pre>
 *
 * <p><b>Loads.</b> Callers in this JVM that miss one key share one load, its value and its exception; with {@linkplain CacheAsideBuilder#leases() leases} those of all JVMs share one. Loaders run on threads of this object, at most {@code
 * maxConcurrentLoads} at once; the end of a caller's patience or an interrupt ends its wait and not the load. With the cache down every call reaches the DAO, within that limit. What a loader throws is never cached; it reaches those who wait: an
 * unchecked exception as it is, a checked one as the cause of a {@link io.evcache.client.flight.LoadFailure}. A loader may use this object for other keys, which are loaded within the permit of the one that waits; for the key that it is loading it gets
 * an {@link IllegalStateException}. A loader that never returns keeps one permit and its key, whose callers run into the load timeout; other keys are not touched.
 *
 * <p><b>Staleness.</b> With leases, a value that was loaded before the data changed is never stored after {@link #invalidate}, {@link #writeThenInvalidate} or any other write or delete of the item has reached the zone: each
 * zone stores a loaded value only if the item is the very one that it was before the load. Without leases that holds only for loads and invalidations of this one object; another JVM's load can bring the old value back, and so can the
 * back-fill of reads, until it expires.
 *
 * <p>Thread-safe. One per DAO method; make it once.
 *
 * @param <K> the keys of the DAO
 * @param <V> the values
 */
public final class CacheAside<K, V> implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CacheAside.class);

    private final Loads<K, V> loads;
    private final CacheItems<V> items;
    private final Invalidations invalidations;
    private final LoadThreads threads;
    private final AsyncCacheAside<K, V> async;

    CacheAside(CacheItems<V> items, AsideOptions<K, V> options, LoadThreads threads) {
        this.items = items;
        this.threads = threads;
        this.loads = new Loads<>(
                items,
                options,
                new LoadLimit(options.maxConcurrentLoads(), options.maxWaitingLoads(), threads.executor()));
        this.invalidations = new Invalidations(items, loads.count);
        this.async = new AsyncCacheAside<>(this, loads);
    }

    /**
     * Returns a builder for a cache-aside over this cache, whose codec, time to live, jitter and policies hold.
     *
     * @param keys turns a key of the DAO into one of the cache; different keys must stay different
     */
    public static <K, V> CacheAsideBuilder<K, V> over(EvCache<V> cache, Function<K, String> keys) {
        return new CacheAsideBuilder<>(cache, keys);
    }

    /** Returns this for callers that do not wait. */
    public AsyncCacheAside<K, V> async() {
        return async;
    }

    /**
     * Returns the value from the cache, or loads and stores it; null if the source has none. Waits for a load as long as {@code loadTimeout} says.
     *
     * @throws io.evcache.core.error.DeadlineExceeded if the load took longer; it goes on, and is joined by who asks meanwhile
     * @throws LoadRejected if too many loads were waiting, and at once
     * @throws io.evcache.core.error.CallInterrupted if the thread was interrupted while it waited; its flag is set again, and nothing more is loaded for it
     * @throws IllegalStateException on an event loop, or within the load of this very key
     */
    public @Nullable V get(K key) {
        return get(key, loads.options.loadTimeout());
    }

    /**
     * As {@link #get(Object)}, with a wait of the caller's own.
     *
     * @param timeout more than zero; how long to wait for a load, its turn included. The read of the cache before it has its own deadline
     */
    public @Nullable V get(K key, Duration timeout) {
        Deadline deadline = items.in(requireNonNull(timeout, "timeout"));
        Target<K> target = loads.target(key);
        long stamp = loads.flights.stamp(target.wire());
        Seen<V> seen = read(target.wire());
        if (seen.verdict() == Verdict.SERVE_AND_REFRESH) {
            loads.refreshBehind(target);
        }
        return seen.isServed()
                ? seen.value()
                : loads.join(target, seen, stamp, loads.limit.isLoading()).await(deadline, target.wire());
    }

    /**
     * Returns the values that the cache or the source has, in the order of the keys. All that are missing are loaded together, by one call of the bulk loader if there is one; keys that somebody is loading already are waited for.
     *
     * @param keys duplicates count once
     * @throws RuntimeException as {@link #get}; of several failures one
     */
    public Map<K, V> getAll(Collection<? extends K> keys) {
        Deadline deadline = items.in(loads.options.loadTimeout());
        BulkGet<K, V> bulk = new BulkGet<>(loads, requireNonNull(keys, "keys"));
        try {
            while (bulk.hasMore()) {
                Boolean unused = bulk.sendWindow().await(bulk.readDeadline());
            }
        } catch (CallInterrupted e) {
            throw e; // who is to end would not wait for a load either
        } catch (EvCacheException e) {
            // What has not answered in time is loaded.
        }
        bulk.load(loads.limit.isLoading());
        return bulk.values(deadline);
    }

    /** Loads the value, whatever the cache holds, stores and returns it; null if the source has none. A load for the key that is under way counts. Fails as {@link #get}. */
    public @Nullable V refresh(K key) {
        Target<K> target = loads.target(key);
        return loads.reload(target, loads.limit.isLoading())
                .await(items.in(loads.options.loadTimeout()), target.wire());
    }

    /**
     * Deletes the value from every zone, and has loads that are under way not stored (see above for those of other JVMs). Waits until every zone has answered, at most for the client's write timeout. In a zone that has
     * not confirmed, the deletion is repeated in the background, for a minute.
     *
     * @return whether it is certainly gone from every zone; false also if the thread is interrupted while it waits
     * @throws IllegalStateException on an event loop, which must not wait; the deletion is under way
     */
    public boolean invalidate(K key) {
        return isDone(outdate(loads.target(key).wire()));
    }

    /**
     * Marks the value stale in every zone: for so long it is served on, while one reader per zone, of all JVMs, reloads it, as each server elects its own. Loads under way are not stored, as with {@link #invalidate}. Needs memcached's meta protocol. Reads that do not go
     * through this object serve the old value, too, and one of them may take the place of the reader that reloads; then the value is reloaded once that time is over.
     * So it is if the load of that reader fails or is refused: the server elects no other one.
     *
     * @param time how long the old value may be served, from 1 second to 30 days, in whole seconds, what is beyond being cut off; it is replaced as soon as it has been reloaded
     * @return whether every zone has done so; one without the item has
     */
    public boolean markStale(K key, Duration time) {
        if (requireNonNull(time, "time").toSeconds() < 1 || time.compareTo(Duration.ofDays(30)) > 0) {
            throw new IllegalArgumentException("time must be from 1 second to 30 days, was " + time);
        }
        Key wire = loads.target(key).wire();
        loads.flights.outdate(wire);
        return isDone(items.markStale(wire, Math.toIntExact(time.toSeconds())));
    }

    /**
     * Changes the source, on the calling thread, and then {@linkplain #invalidate invalidates} the key, also if the change has thrown, since it may have been made all the same. Call it after the transaction, not within one: what
     * the change does must be seen by whoever loads after it.
     *
     * @throws X what the change threw
     */
    public <X extends Exception> void writeThenInvalidate(K key, SourceWrite<X> change) throws X {
        requireNonNull(change, "change");
        Key wire = loads.target(key).wire();
        try {
            change.run();
        } finally {
            boolean unused = isDone(outdate(wire));
        }
    }

    /** As the other one, for a change that returns something. */
    public <R, X extends Exception> R writeThenInvalidate(K key, SourceWrite.Returning<R, X> change) throws X {
        requireNonNull(change, "change");
        Key wire = loads.target(key).wire();
        try {
            return change.run();
        } finally {
            boolean unused = isDone(outdate(wire));
        }
    }

    /**
     * Changes the source, on the calling thread, and then stores the new value in every zone. If the change throws, the key is invalidated.
     *
     * <p>With leases, tokens are taken before the change, and if anybody else has written or deleted the item in any zone meanwhile, or a zone does not answer, or the thread is interrupted, the key is invalidated instead: of two writers at the same time neither can leave the older
     * value. Without leases the later store wins, which may be the older value: use {@link #writeThenInvalidate} then, unless each key has one writer.
     *
     * @throws X what the change threw
     */
    public <X extends Exception> void writeThrough(K key, V value, SourceWrite<X> change) throws X {
        requireNonNull(change, "change");
        Key wire = loads.target(key).wire();
        EncodedValue encoded = items.encode(wire, value);
        ZoneTokens tokens = loads.options.hasLeases() ? tokens(wire) : null;
        boolean changed = false;
        try {
            change.run();
            changed = true;
        } finally {
            if (!changed) {
                boolean unused = isDone(outdate(wire));
            }
        }
        loads.flights.outdate(wire);
        Ttl ttl = loads.freshness.kept(items.jittered(wire, items.ttl()));
        WriteLatch stored = tokens == null ? items.set(wire, encoded, ttl) : items.setWhere(wire, encoded, ttl, tokens);
        if (!isDone(stored)) {
            boolean unused = isDone(outdate(wire));
        }
    }

    /** Returns a queue that writes values to the source later, with the {@linkplain WriteBehindOptions#DEFAULTS default options}; losses are logged. See {@link #writeBehind(BatchWriter, WriteBehindOptions, BiConsumer)}. */
    public WriteBehind<K, V> writeBehind(BatchWriter<K, V> writer) {
        return writeBehind(
                writer,
                WriteBehindOptions.DEFAULTS,
                (lost, cause) -> LOG.error(
                        "[{}] given up and lost, not written to the source: {}", items.name(), lost.keySet(), cause));
    }

    /**
     * Returns a queue that writes values to the source later. It is the caller's to close, before this object and the client.
     *
     * @param lost told of values that are given up, on the thread that writes or the one that closes
     * @throws IllegalStateException if there is one already: with two, neither would know what waits in the other
     */
    public WriteBehind<K, V> writeBehind(
            BatchWriter<K, V> writer,
            WriteBehindOptions options,
            BiConsumer<? super Map<K, V>, ? super Throwable> lost) {
        WriteBehind<K, V> behind = new WriteBehind<>(
                this,
                requireNonNull(writer, "writer"),
                requireNonNull(options, "options"),
                requireNonNull(lost, "lost"));
        if (!loads.writeBehind.compareAndSet(null, behind)) {
            throw new IllegalStateException("a cache-aside has one queue of writes, and this one has it already");
        }
        behind.start();
        return behind;
    }

    /** Returns the name of the cache that values are kept in. */
    public String cacheName() {
        return items.name();
    }

    /** Returns what has been done so far. */
    public LoadStats stats() {
        return loads.count.now();
    }

    /** Returns how many loads are running now. */
    public int runningLoads() {
        return loads.limit.running();
    }

    /** Returns how many loads wait for one of those to end. */
    public int waitingLoads() {
        return loads.limit.waiting();
    }

    /** Begins no more loads: reads answer what is cached and otherwise fail with {@link LoadRejected}. Loads that run go on, and are stored as long as the client is open; those that wait are refused. Idempotent; waits for nothing. */
    @Override
    public void close() {
        loads.limit.close();
        threads.close();
    }

    /** Stores a value once it has been taken by whoever writes it to the source. If it does not wait there any more, the key may have been invalidated before it was stored, and is invalidated once more. */
    void store(K key, V value, Runnable take) {
        Key wire = loads.target(key).wire();
        EncodedValue encoded = items.encode(wire, value);
        take.run();
        loads.flights.outdate(wire);
        items.set(wire, encoded, loads.freshness.kept(items.jittered(wire, items.ttl())))
                .await(loads.options.loadTimeout());
        if (loads.unsaved(key) != value) {
            WriteLatch unused = outdate(wire);
        }
    }

    /** Returns how many keys are being loaded, stored, or waited for. */
    int loadsInFlight() {
        return loads.flights.inFlight();
    }

    WriteLatch outdate(Key key) {
        loads.flights.outdate(key);
        return invalidations.delete(key);
    }

    private Seen<V> read(Key key) {
        Deadline deadline = items.readDeadline();
        return Waiting.during(() -> {
            Pending<ReadResult> read = loads.read(key, deadline);
            try {
                ReadResult unused = read.await(deadline);
            } catch (CallInterrupted e) {
                throw e; // who is to end would not wait for a load either
            } catch (EvCacheException e) {
                return Seen.nothing();
            }
            return loads.seen(read);
        });
    }

    /** Returns none if the answers are not there in time, or nobody waits for them: the change is to be made all the same. */
    private ZoneTokens tokens(Key key) {
        Get.Wants wants = Get.Wants.VALUE.withoutValue().withoutBump().withLease(loads.options.leaseSeconds());
        WriteLatch asked = items.askEveryZone(key, wants);
        try {
            WriteResult answers = asked.settled().await(items.in(loads.options.loadTimeout()));
            return Claim.of(answers, items::isInService).tokens();
        } catch (EvCacheException e) {
            return Claim.NOTHING.tokens();
        }
    }

    /** Waits until all zones have answered; each does so by the write's deadline. */
    private boolean isDone(WriteLatch latch) {
        try {
            return isDone(latch.settled().await(items.in(loads.options.loadTimeout())));
        } catch (EvCacheException e) {
            return false;
        }
    }

    private static boolean isDone(WriteResult result) {
        return result.zones().stream().allMatch(zone -> zone.status() == Status.DONE || Loads.isDrained(zone));
    }

    @Override
    public String toString() {
        return "CacheAside(" + items + ", " + loads.options + ")";
    }
}
