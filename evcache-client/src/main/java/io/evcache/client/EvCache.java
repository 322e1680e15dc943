package io.evcache.client;

import static java.util.Objects.requireNonNull;

import io.evcache.client.flight.LoadFailure;
import io.evcache.client.near.HotKey;
import io.evcache.client.near.NearCache;
import io.evcache.client.near.NearStats;
import io.evcache.client.pipeline.ManyReads;
import io.evcache.client.pipeline.ReadPolicy;
import io.evcache.client.pipeline.ReadResult;
import io.evcache.client.pipeline.WriteLatch;
import io.evcache.client.zones.ZoneOrder;
import io.evcache.core.command.Get;
import io.evcache.core.command.Lookup;
import io.evcache.core.command.Pending;
import io.evcache.core.command.Touch;
import io.evcache.core.command.Waiting;
import io.evcache.core.error.CallInterrupted;
import io.evcache.core.error.EvCacheException;
import io.evcache.core.error.IllegalKeyException;
import io.evcache.core.key.Key;
import io.evcache.core.time.Deadline;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A cache of one kind of value, for callers that wait. {@link #async()} is the same cache for those that do not.
 *
 * <p>A cache may be down: no method throws for that. Reads answer as on a miss, writes {@code false}; {@link #lookup} and the latches of {@link #async()} tell what happened. What is thrown, before any I/O, are errors of the
 * program: {@link NullPointerException} for null, {@link IllegalKeyException} for a key that memcached cannot hold, {@link IllegalArgumentException} for a time to live out of range or
 * a value over the limit and {@link io.evcache.core.error.CodecFailure} for one that the codec cannot encode, unless it was {@linkplain #getOrLoad loaded}, {@link IllegalStateException} on an event loop, which must not wait.
 *
 * <p>A call waits at most {@code readTimeout} (100 ms unless configured) or {@code writeTimeout} (500 ms), everything included: queues, further zones, all keys of a bulk call. {@link #getOrLoad} adds its loader's time. Times to live are from
 * 1 second to 10 years, sub-second parts rounded up, and shortened by the cache's {@linkplain CacheOptions#ttlJitter jitter}.
 *
 * <p>Thread-safe. Values are encoded and decoded on the calling thread. An interrupt ends the wait as a failure, with the interrupt flag set again.
 *
 * @param <V> the type of the values
 */
public final class EvCache<V> {
    private final Calls<V> calls;
    private final Callbacks callbacks;
    private final AsyncEvCache<V> async;
    private final Supplier<List<String>> withoutLeases;

    EvCache(Calls<V> calls, Callbacks callbacks, Supplier<List<String>> withoutLeases) {
        this.calls = calls;
        this.callbacks = callbacks;
        this.async = new AsyncEvCache<>(calls, callbacks);
        this.withoutLeases = withoutLeases;
    }

    /** Returns this cache for callers that do not wait. */
    public AsyncEvCache<V> async() {
        return async;
    }

    /** Returns this cache with another read policy, for some calls or for one: {@code profiles.reading(ReadPolicy.consistent(QUORUM)).get("42")}. Without state; three small objects. */
    public EvCache<V> reading(ReadPolicy policy) {
        return new EvCache<>(calls.reading(requireNonNull(policy, "policy")), callbacks, withoutLeases);
    }

    /** Returns the value; {@code null} on a miss <em>and</em> when the cache cannot answer in time, since the source of the data is the way out of both. One round trip to the local zone; a further one for each zone that misses or fails. */
    public @Nullable V get(String key) {
        Nearby<V> nearby = calls.nearby();
        return nearby == null ? fetch(key) : getNear(key, nearby);
    }

    private @Nullable V fetch(String key) {
        Key wireKey = calls.key(key);
        return Waiting.during(() -> fetch(wireKey, calls.terms()));
    }

    private @Nullable V fetch(Key wireKey, CallTerms terms) {
        Deadline deadline = terms.readDeadline();
        ZoneOrder straight = calls.straight(terms);
        try {
            return straight == null
                    ? calls.commands().valueOf(calls.read(wireKey, deadline).await(deadline))
                    : fetch(new Get(wireKey, Get.Wants.PLAIN), straight, terms.readPolicy(), deadline);
        } catch (EvCacheException e) {
            return null;
        }
    }

    /** Waits for the first zone itself, and for others only if that one does not hit. */
    private @Nullable V fetch(Get command, ZoneOrder zones, ReadPolicy policy, Deadline deadline) {
        Pending<Lookup> first = zones.askFirst(command, policy, deadline);
        Lookup lookup = answer(first, deadline);
        if (lookup instanceof Lookup.Hit) {
            return calls.commands().valueOf(lookup);
        }
        if (first.failure() instanceof CallInterrupted interrupted) {
            throw interrupted;
        }
        return calls.commands()
                .valueOf(calls.goOn(zones, command, policy, deadline, first).await(deadline));
    }

    private static @Nullable Lookup answer(Pending<Lookup> first, Deadline deadline) {
        try {
            return first.await(deadline);
        } catch (EvCacheException e) {
            return null; // another zone may answer
        }
    }

    private @Nullable V getNear(String key, Nearby<V> nearby) {
        V kept = nearby.get(key);
        if (kept != null) {
            return kept;
        }
        Key wireKey = calls.key(key);
        NearCache.Load load = nearby.load();
        Deadline deadline = calls.readDeadline();
        try {
            ReadResult result =
                    Waiting.during(() -> calls.read(wireKey, deadline).await(deadline));
            return calls.arrived(nearby, load, key, result);
        } catch (EvCacheException e) {
            return null;
        }
    }

    /**
     * Returns the values of those keys that were hit, in the order of the keys. They are asked at once, with one deadline for all; what has not answered by then is left out. Each key falls back to other
     * zones on its own. More keys than half of what a connection may have in flight (8,192 unless configured) are asked in parts of so many, one part after the other.
     *
     * @param keys duplicates count once
     */
    public Map<String, V> getAll(Collection<String> keys) {
        return bulk(keys).hits();
    }

    /**
     * Returns the whole truth about each of many reads, in the order of the keys: an entry for every key, {@link GetResult.Status#FAILED} with its cause for those that were not answered in time. Otherwise as
     * {@link #getAll}.
     *
     * @param keys duplicates count once
     */
    public Map<String, GetResult<V>> lookupAll(Collection<String> keys) {
        return bulk(keys).results();
    }

    private BulkRead<V> bulk(Collection<String> keys) {
        BulkRead<V> bulk = new BulkRead<>(calls, requireNonNull(keys, "keys"));
        try {
            while (bulk.hasMore()) {
                ManyReads unused = Waiting.during(() -> bulk.sendWindow().await(bulk.deadline()));
            }
        } catch (EvCacheException e) {
            return bulk; // with what has answered in time
        }
        return bulk;
    }

    /**
     * Returns the value as {@link #get} does, and gives what it found a new time to live, from now, in every zone that has it. Nobody waits for that; it costs one more command per zone.
     *
     * @param ttl more than zero, at most 10 years; sub-second parts are rounded up
     */
    public @Nullable V getAndTouch(String key, Duration ttl) {
        Touch touch = calls.commands().touch(key, ttl);
        V value = get(key);
        if (value != null) {
            calls.write(touch);
        }
        return value;
    }

    /**
     * Returns the whole truth about one read: hit, miss or failure, which zone answered, how many were asked, what went wrong, and of a hit the details asked for. Costs what {@link #get} costs.
     *
     * @param details none, or what else to tell, each counting once; {@link Detail#CAS} changes which zone is read, and with any the near cache is not
     */
    public GetResult<V> lookup(String key, Detail... details) {
        Set<Detail> asked = Detail.set(details);
        Nearby<V> nearby = asked.isEmpty() ? calls.nearby() : null;
        V kept = nearby == null ? null : nearby.get(key);
        if (kept != null) {
            return GetResult.near(kept);
        }
        Key wireKey = calls.key(key);
        NearCache.Load load = nearby == null ? null : nearby.load();
        Deadline deadline = calls.readDeadline();
        return Waiting.during(() -> {
            Pending<ReadResult> read =
                    asked.isEmpty() ? calls.read(wireKey, deadline) : calls.read(wireKey, deadline, asked);
            try {
                ReadResult unused = read.await(deadline);
            } catch (EvCacheException e) {
                return GetResult.failed(null, calls.attempts(read), e);
            }
            return calls.resultOf(read, !asked.isEmpty(), key, load);
        });
    }

    /**
     * Returns the value; what is not cached, or cannot be read or decoded, is loaded, stored with the cache's own time to live, and returned. A loaded value that the codec cannot encode, or that is over the limit, is returned all the
     * same; it is not stored, and a warning is logged.
     *
     * <p>Callers in this JVM that ask for one key of this object at the same time share one load, its value and its exception. It runs on the thread of one of them; the others wait, at most 10 seconds. A value
     * that was set or deleted through this object while it was loaded is not stored. What another program, or another object for the same cache, writes meanwhile can be overwritten by the older value that was loaded: {@code CacheAside} with leases
     * is safe from that, and has deadlines, limits and more.
     *
     * @param loader may return null: then nothing is stored and null returned. Must not ask for the same key again. What it throws is not cached and reaches all callers: an unchecked exception as it is, a checked one as the cause of a {@link LoadFailure}
     * @throws io.evcache.core.error.DeadlineExceeded if another caller's load took too long; it goes on
     */
    public @Nullable V getOrLoad(String key, Loader<? super String, ? extends V> loader) {
        return new LoadOnMiss<>(calls).get(key, requireNonNull(loader, "loader"));
    }

    /** Returns the home of the key in each zone, in the order of the topology. No I/O. */
    public List<Location> locate(String key) {
        return calls.inspector(key).locations();
    }

    /**
     * Returns what each zone holds under the key: node, size, flags, remaining life, time of the last use, version; in the order of the topology, write-only zones included. For people and tools: does not count as use of
     * the item, and is not seen by interceptors and observers. One command per zone; a large value shows the item that tells where its parts are.
     */
    public List<ZoneItem> inspect(String key) {
        Deadline deadline = calls.readDeadline();
        Inspector inspector = calls.inspector(key);
        try {
            Boolean unused = inspector.ask(deadline).await(deadline);
        } catch (EvCacheException e) {
            return inspector.items();
        }
        return inspector.items();
    }

    /** Stores the value with the cache's own time to live; see {@link #set(String, Object, Duration)}. */
    public boolean set(String key, V value) {
        return isMet(() -> calls.set(key, value, null, null));
    }

    /**
     * Stores the value in every zone, and waits until the cache's write policy is decided. Zones that have not answered by then are still written, unless the time-out passes before their command has left.
     *
     * @param ttl more than zero, at most 10 years; sub-second parts are rounded up
     * @return whether as many zones as the policy asks have stored it in time; {@code false} does not mean that none has
     */
    public boolean set(String key, V value, Duration ttl) {
        return isMet(() -> calls.set(key, value, requireNonNull(ttl, "ttl"), null));
    }

    /** Stores the values with the cache's own time to live; see {@link #setAll(Map, Duration)}. */
    public Set<String> setAll(Map<String, ? extends V> values) {
        return unmet(calls.setAll(requireNonNull(values, "values"), null));
    }

    /**
     * Stores the values as {@link #set(String, Object, Duration)} does, all at once and with one deadline for all. Everything is encoded before anything is sent; more than half of what a connection may have
     * in flight is sent in parts of so many, one part after the other.
     *
     * @return the keys that too few zones have stored in time; empty if all is well
     */
    public Set<String> setAll(Map<String, ? extends V> values, Duration ttl) {
        return unmet(calls.setAll(requireNonNull(values, "values"), requireNonNull(ttl, "ttl")));
    }

    /** Stores the value, if there is none, with the cache's own time to live; see {@link #add(String, Object, Duration)}. */
    public boolean add(String key, V value) {
        return isMet(() -> calls.add(key, value, null));
    }

    /**
     * Stores the value if there is none. One zone decides that, the same for all callers wherever they run; then it is stored in the others, also where something else is left. Of several callers at
     * the same time at most one is told {@code true}.
     *
     * <p>Two round trips, one after the other. While the node of the deciding zone is away nothing is stored.
     *
     * @return whether the deciding zone had none, and as many zones as the policy asks have stored it in time
     */
    public boolean add(String key, V value, Duration ttl) {
        return isMet(() -> calls.add(key, value, requireNonNull(ttl, "ttl")));
    }

    /** Stores the value where there is one, with the cache's own time to live; see {@link #replace(String, Object, Duration)}. */
    public boolean replace(String key, V value) {
        return isMet(() -> calls.replace(key, value, null));
    }

    /**
     * Stores the value in every zone that has one under the key. Each zone looks for itself; one that has lost its copy stays without, and is filled by its readers.
     *
     * @return whether as many zones as the policy asks had one and have stored it in time
     */
    public boolean replace(String key, V value, Duration ttl) {
        return isMet(() -> calls.replace(key, value, requireNonNull(ttl, "ttl")));
    }

    /**
     * Puts the encoded value behind the one that is there, in every zone that has one; flags and time to live stay. For codecs whose encodings can be joined, such as text.
     * A value that is there compressed is damaged by it, and can no longer be read: append only where the codec does not compress, or what is set stays below its threshold.
     *
     * <p>Each zone appends for itself: two appends at the same time may end in another order in another zone, and a zone that missed one stays without it until the next set. Repeating it appends again.
     *
     * @return whether as many zones as the policy asks had a value and have appended in time
     * @throws IllegalArgumentException if the value is encoded compressed or serialised
     */
    public boolean append(String key, V value) {
        return isMet(() -> calls.append(key, value));
    }

    /** Puts the encoded value before the one that is there; otherwise as {@link #append}. */
    public boolean prepend(String key, V value) {
        return isMet(() -> calls.prepend(key, value));
    }

    /** Appends, or adds what is to be appended with the cache's own time to live; see {@link #appendOrAdd(String, Object, Duration)}. */
    public boolean appendOrAdd(String key, V value) {
        return isMet(() -> async.appendOrAdd(key, value));
    }

    /**
     * Appends as {@link #append} does; if most zones in normal service answer that there is nothing to append to, and none has, adds the value as {@link #add(String, Object, Duration)} does. That is known when all have answered: while one hangs, and until its node counts as down, nothing is added. A zone that alone has lost the item is left without, so that it
     * does not hold a part as if it were the whole; that is why servers that can create while they append are not asked to. Up to three writes, one after the other, with one deadline. Of callers that begin at the same time, zones other than the one that decides may lack a part.
     *
     * @param ttl of a value that is added; one that is appended to keeps its own
     */
    public boolean appendOrAdd(String key, V value, Duration ttl) {
        return isMet(() -> async.appendOrAdd(key, value, ttl));
    }

    /** Stores the value, if nobody has written the item since, with the cache's own time to live; see {@link #compareAndSet(String, Object, CasToken, Duration)}. */
    public boolean compareAndSet(String key, V value, CasToken token) {
        return isMet(() -> calls.compareAndSet(key, value, null, requireNonNull(token, "token")));
    }

    /**
     * Stores the value if nobody has written the item since {@link #lookup(String, Detail...) lookup} gave its token. The zone that the token is from decides, then the others are set to the same. Two round
     * trips, one after the other. While the node of the deciding zone is away nothing is stored.
     *
     * <p>What is compared is the deciding zone's copy: a write that reached only others is not seen, and is overwritten.
     *
     * @return whether the deciding zone has stored it, and as many zones as the policy asks have in time; {@code false}: look again
     */
    public boolean compareAndSet(String key, V value, CasToken token, Duration ttl) {
        return isMet(() -> calls.compareAndSet(key, value, requireNonNull(ttl, "ttl"), requireNonNull(token, "token")));
    }

    /**
     * Removes the value from every zone. One round trip per zone, in parallel. Repeating it is safe.
     *
     * @return whether it is certainly gone from as many zones as the policy asks; a zone that never had it counts, too
     */
    public boolean delete(String key) {
        return isMet(() -> calls.delete(key));
    }

    /**
     * Removes the values from every zone, all at once and with one deadline for all; otherwise as {@link #setAll(Map, Duration)}.
     *
     * @param keys duplicates count once
     * @return the keys that may still be there in too many zones; empty if all is well
     */
    public Set<String> deleteAll(Collection<String> keys) {
        return unmet(calls.deleteAll(requireNonNull(keys, "keys")));
    }

    /**
     * Gives the value a new time to live, from now, in every zone that has it. One round trip per zone, in parallel; the value is not moved.
     *
     * @param ttl more than zero, at most 10 years; sub-second parts are rounded up
     * @return whether as many zones as the policy asks had it and changed it in time
     */
    public boolean touch(String key, Duration ttl) {
        return isMet(() -> calls.touch(key, ttl));
    }

    /** Returns what the near cache has done; empty if there is none. */
    public Optional<NearStats> nearStats() {
        Nearby<V> nearby = calls.nearby();
        return nearby == null ? Optional.empty() : nearby.stats();
    }

    /** Returns the keys that were read most of late, the most frequent first; empty unless the cache's options ask for {@link CacheOptions#hotKeys}. Reads of {@link #items} do not count. */
    public List<HotKey> hotKeys() {
        Nearby<V> nearby = calls.nearby();
        return nearby == null ? List.of() : nearby.hotKeys();
    }

    /** Returns what this cache is made of, for what is built on caches. */
    public CacheItems<V> items() {
        return new CacheItems<>(calls, callbacks, withoutLeases);
    }

    /** Sends the write, and waits until it is decided. */
    private boolean isMet(Supplier<WriteLatch> write) {
        return Waiting.during(() -> calls.isMet(write.get()));
    }

    private static Set<String> unmet(BulkWrite bulk) {
        try {
            while (bulk.hasMore()) {
                Boolean unused = bulk.sendWindow().await(bulk.deadline());
            }
        } catch (EvCacheException e) {
            return bulk.unmet(); // as known by then
        }
        return bulk.unmet();
    }

    @Override
    public String toString() {
        return "EvCache(" + calls + ")";
    }
}
