package io.evcache.client;

import static java.util.Objects.requireNonNull;

import io.evcache.client.pipeline.ReadResult;
import io.evcache.client.pipeline.WriteLatch;
import io.evcache.client.pipeline.WritePolicy;
import io.evcache.core.command.Pending;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A cache of one kind of value, for callers that do not wait. Nothing here blocks.
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

    /** Returns the future of the value; it completes with null on a miss and when the cache cannot answer. */
    public CompletableFuture<@Nullable V> get(String key) {
        AsyncRead<V> future = new AsyncRead<>(calls, callbacks);
        calls.read(calls.key(key), calls.readDeadline()).receive(future);
        return future;
    }

    /** Returns the future of the values that were hit, in the order of the keys; see {@link EvCache#getAll}. */
    public CompletableFuture<Map<String, V>> getAll(Collection<String> keys) {
        AsyncBulkRead<V> future = new AsyncBulkRead<>(new BulkRead<>(calls, requireNonNull(keys, "keys")), callbacks);
        future.sendWindow();
        return future;
    }

    /** Returns the future of the whole truth about one read. */
    public CompletableFuture<GetResult<V>> lookup(String key) {
        CompletableFuture<GetResult<V>> future = new CompletableFuture<>();
        Pending<ReadResult> sent = calls.read(calls.key(key), calls.readDeadline());
        sent.receive(read -> callbacks.execute(() -> future.complete(calls.resultOf(sent))));
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
     * @param ttl from 1 second to 10 years; sub-second parts are rounded up
     * @param policy when the latch is decided
     */
    public WriteLatch set(String key, V value, Duration ttl, WritePolicy policy) {
        return calls.set(key, value, requireNonNull(ttl, "ttl"), requireNonNull(policy, "policy"));
    }

    /** Stores the value, in the zones that have none, with the cache's own time to live; see {@link EvCache#add(String, Object, Duration)}. */
    public WriteLatch add(String key, V value) {
        return calls.add(key, value, null);
    }

    /** Stores the value in the zones that have none; see {@link EvCache#add(String, Object, Duration)}. */
    public WriteLatch add(String key, V value, Duration ttl) {
        return calls.add(key, value, requireNonNull(ttl, "ttl"));
    }

    /** Removes the value from every zone. */
    public WriteLatch delete(String key) {
        return calls.delete(key);
    }

    /** Gives the value a new time to live, from now, in every zone that has it. */
    public WriteLatch touch(String key, Duration ttl) {
        return calls.touch(key, ttl);
    }

    @Override
    public String toString() {
        return "AsyncEvCache(" + calls + ")";
    }
}
