package io.evcache.client;

import static java.util.Objects.requireNonNull;

import io.evcache.client.near.NearCache;
import io.evcache.client.pipeline.ReadResult;
import io.evcache.client.pipeline.WriteLatch;
import io.evcache.client.pipeline.WritePolicy;
import io.evcache.client.zones.ZoneOrder;
import io.evcache.core.command.Pending;
import io.evcache.core.command.Touch;
import io.evcache.core.key.Key;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A cache of one kind of value, for callers that do not wait. Nothing here blocks. Thread-safe.
 *
 * <p>Futures complete on the client's callback executor, where values are decoded as well, at the latest a few milliseconds after the client's timeout, and <em>never exceptionally</em>: a cache that is down is a
 * null, an empty map, a {@link GetResult.Status#FAILED} or a latch whose policy is not met. Errors of the program are thrown at once, as by {@link EvCache}. Cancelling a future does not take the command back.
 *
 * @param <V> the type of the values
 */
public final class AsyncEvCache<V> {
    private final Calls<V> calls;
    private final Callbacks callbacks;

    AsyncEvCache(Calls<V> calls, Callbacks callbacks) {
        this.calls = calls;
        this.callbacks = callbacks;
    }

    /** Returns the future of the value; it completes with null on a miss and when the cache cannot answer. What is kept near comes as a future that is complete. */
    public CompletableFuture<@Nullable V> get(String key) {
        Nearby<V> nearby = calls.nearby();
        V kept = nearby == null ? null : nearby.get(key);
        if (kept != null) {
            return CompletableFuture.completedFuture(kept);
        }
        Key wireKey = calls.key(key);
        CallTerms terms = calls.terms();
        ZoneOrder straight = nearby == null ? calls.straight(terms) : null;
        if (straight != null) {
            return new StraightRead<>(this, straight, terms, wireKey).send();
        }
        AsyncRead<V> future =
                nearby == null ? new AsyncRead<>(calls, callbacks) : new AsyncNearRead<>(calls, callbacks, nearby, key);
        calls.read(wireKey, terms.readDeadline()).receive(future);
        return future;
    }

    /** Returns the future of the values that were hit, in the order of the keys; see {@link EvCache#getAll}. */
    public CompletableFuture<Map<String, V>> getAll(Collection<String> keys) {
        return bulk(keys, BulkRead::hits);
    }

    /** Returns the future of the whole truth about each of many reads, in the order of the keys; see {@link EvCache#lookupAll}. */
    public CompletableFuture<Map<String, GetResult<V>>> lookupAll(Collection<String> keys) {
        return bulk(keys, BulkRead::results);
    }

    private <R> CompletableFuture<R> bulk(Collection<String> keys, Function<BulkRead<V>, R> result) {
        AsyncBulkRead<V, R> future =
                new AsyncBulkRead<>(new BulkRead<>(calls, requireNonNull(keys, "keys")), result, callbacks);
        future.start();
        return future;
    }

    /**
     * Returns the future of the value, as {@link #get} does, and gives what it found a new time to live; see {@link EvCache#getAndTouch}.
     *
     * @param ttl more than zero, at most 10 years; sub-second parts are rounded up
     */
    public CompletableFuture<@Nullable V> getAndTouch(String key, Duration ttl) {
        Touch touch = calls.commands().touch(key, ttl);
        return get(key).thenApply(value -> {
            if (value != null) {
                calls.write(touch);
            }
            return value;
        });
    }

    /** Returns the future of the whole truth about one read, and of the details asked for; see {@link EvCache#lookup}. */
    public CompletableFuture<GetResult<V>> lookup(String key, Detail... details) {
        Set<Detail> asked = Detail.set(details);
        Nearby<V> nearby = asked.isEmpty() ? calls.nearby() : null;
        V kept = nearby == null ? null : nearby.get(key);
        if (kept != null) {
            return CompletableFuture.completedFuture(GetResult.near(kept));
        }
        Key wireKey = calls.key(key);
        NearCache.Load load = nearby == null ? null : nearby.load();
        CompletableFuture<GetResult<V>> future = new CompletableFuture<>();
        Pending<ReadResult> sent = asked.isEmpty()
                ? calls.read(wireKey, calls.readDeadline())
                : calls.read(wireKey, calls.readDeadline(), asked);
        sent.receive(
                read -> callbacks.execute(() -> future.complete(calls.resultOf(sent, !asked.isEmpty(), key, load))));
        return future;
    }

    /** Returns the future of what each zone holds under the key; see {@link EvCache#inspect}. */
    public CompletableFuture<List<ZoneItem>> inspect(String key) {
        Inspector inspector = calls.inspector(key);
        CompletableFuture<List<ZoneItem>> future = new CompletableFuture<>();
        inspector.ask(calls.readDeadline()).receive(all -> callbacks.execute(() -> future.complete(inspector.items())));
        return future;
    }

    /** Stores the value with the cache's own time to live and policy. */
    public WriteLatch set(String key, V value) {
        return calls.set(key, value, null, null);
    }

    /** Stores the value with the cache's own policy. */
    public WriteLatch set(String key, V value, Duration ttl) {
        return calls.set(key, value, requireNonNull(ttl, "ttl"), null);
    }

    /**
     * Stores the value in every zone. Encoded once, on the calling thread; one round trip per zone, in parallel.
     *
     * @param ttl more than zero, at most 10 years; sub-second parts are rounded up
     * @param policy when the latch is decided
     */
    public WriteLatch set(String key, V value, Duration ttl, WritePolicy policy) {
        return calls.set(key, value, requireNonNull(ttl, "ttl"), requireNonNull(policy, "policy"));
    }

    /** Stores the values with the cache's own time to live; the future holds the keys that failed. See {@link EvCache#setAll(Map, Duration)}. */
    public CompletableFuture<Set<String>> setAll(Map<String, ? extends V> values) {
        return new AsyncBulkWrite(calls.setAll(requireNonNull(values, "values"), null), callbacks).sendWindow();
    }

    /** Stores the values; the future holds the keys that failed. See {@link EvCache#setAll(Map, Duration)}. */
    public CompletableFuture<Set<String>> setAll(Map<String, ? extends V> values, Duration ttl) {
        return new AsyncBulkWrite(calls.setAll(requireNonNull(values, "values"), requireNonNull(ttl, "ttl")), callbacks)
                .sendWindow();
    }

    /** Stores the value, if there is none, with the cache's own time to live; see {@link EvCache#add(String, Object, Duration)}. */
    public WriteLatch add(String key, V value) {
        return calls.add(key, value, null);
    }

    /** Stores the value if there is none, as one zone decides; see {@link EvCache#add(String, Object, Duration)}. */
    public WriteLatch add(String key, V value, Duration ttl) {
        return calls.add(key, value, requireNonNull(ttl, "ttl"));
    }

    /** Stores the value in the zones that have one, with the cache's own time to live. */
    public WriteLatch replace(String key, V value) {
        return calls.replace(key, value, null);
    }

    /** Stores the value in the zones that have one; see {@link EvCache#replace(String, Object, Duration)}. */
    public WriteLatch replace(String key, V value, Duration ttl) {
        return calls.replace(key, value, requireNonNull(ttl, "ttl"));
    }

    /** Puts the encoded value behind the one that is there; see {@link EvCache#append}. */
    public WriteLatch append(String key, V value) {
        return calls.append(key, value);
    }

    /** Puts the encoded value before the one that is there; see {@link EvCache#append}. */
    public WriteLatch prepend(String key, V value) {
        return calls.prepend(key, value);
    }

    /** Appends, or adds what is to be appended with the cache's own time to live. */
    public WriteLatch appendOrAdd(String key, V value) {
        return calls.appendOrAdd(key, value, null, callbacks);
    }

    /** Appends, or adds what is to be appended; see {@link EvCache#appendOrAdd(String, Object, Duration)}. The latch speaks for the write that came last. */
    public WriteLatch appendOrAdd(String key, V value, Duration ttl) {
        return calls.appendOrAdd(key, value, requireNonNull(ttl, "ttl"), callbacks);
    }

    /** Stores the value, if nobody has written the item since, with the cache's own time to live. */
    public WriteLatch compareAndSet(String key, V value, CasToken token) {
        return calls.compareAndSet(key, value, null, requireNonNull(token, "token"));
    }

    /** Stores the value if nobody has written the item since; see {@link EvCache#compareAndSet(String, Object, CasToken, Duration)}. */
    public WriteLatch compareAndSet(String key, V value, CasToken token, Duration ttl) {
        return calls.compareAndSet(key, value, requireNonNull(ttl, "ttl"), requireNonNull(token, "token"));
    }

    /** Removes the value from every zone; see {@link EvCache#delete}. */
    public WriteLatch delete(String key) {
        return calls.delete(key);
    }

    /** Removes the values from every zone; the future holds the keys that failed. See {@link EvCache#deleteAll}. */
    public CompletableFuture<Set<String>> deleteAll(Collection<String> keys) {
        return new AsyncBulkWrite(calls.deleteAll(requireNonNull(keys, "keys")), callbacks).sendWindow();
    }

    /** Gives the value a new time to live, from now, in every zone that has it; see {@link EvCache#touch}. */
    public WriteLatch touch(String key, Duration ttl) {
        return calls.touch(key, ttl);
    }

    Calls<V> calls() {
        return calls;
    }

    Callbacks callbacks() {
        return callbacks;
    }

    @Override
    public String toString() {
        return "AsyncEvCache(" + calls + ")";
    }
}
