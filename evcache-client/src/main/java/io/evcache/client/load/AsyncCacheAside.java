package io.evcache.client.load;

import static java.util.Objects.requireNonNull;

import io.evcache.client.flight.Flight;
import io.evcache.client.load.Freshness.Verdict;
import io.evcache.client.pipeline.ZoneOutcome.Status;
import io.evcache.core.command.Pending;
import io.evcache.core.error.DeadlineExceeded;
import io.evcache.core.time.Deadline;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A {@link CacheAside} for callers that do not wait. Nothing here blocks. Thread-safe.
 *
 * <p>Futures complete on the client's callback executor; exceptionally with what the blocking call would have thrown, but for the stack trace. Each caller has a future of its own: cancelling it ends nothing but that caller's wait.
 *
 * @param <K> the keys of the DAO
 * @param <V> the values
 */
public final class AsyncCacheAside<K, V> {
    private final CacheAside<K, V> aside;
    private final Loads<K, V> loads;

    AsyncCacheAside(CacheAside<K, V> aside, Loads<K, V> loads) {
        this.aside = aside;
        this.loads = loads;
    }

    /** Returns the future of the value, which is null if the source has none; see {@link CacheAside#get(Object)}. */
    public CompletableFuture<@Nullable V> get(K key) {
        Target<K> target = loads.target(key);
        long stamp = loads.flights.stamp(target.wire());
        boolean withinAnother = loads.limit.isLoading();
        CompletableFuture<@Nullable V> future = new CompletableFuture<>();
        loads.read(target.wire(), loads.items.readDeadline())
                .receive(read -> go(future, () -> found(target, stamp, loads.seen(read), withinAnother, future)));
        return future;
    }

    private void found(
            Target<K> target, long stamp, Seen<V> seen, boolean withinAnother, CompletableFuture<@Nullable V> future) {
        if (seen.verdict() == Verdict.SERVE_AND_REFRESH) {
            loads.refreshBehind(target);
        }
        if (seen.isServed()) {
            future.complete(seen.value());
        } else {
            follow(loads.join(target, seen, stamp, withinAnother), target, future);
        }
    }

    /** Returns the future of the values that the cache or the source has; see {@link CacheAside#getAll}. */
    public CompletableFuture<Map<K, V>> getAll(Collection<? extends K> keys) {
        BulkGet<K, V> bulk = new BulkGet<>(loads, requireNonNull(keys, "keys"));
        CompletableFuture<Map<K, V>> future = new CompletableFuture<>();
        goOn(bulk, loads.limit.isLoading(), future);
        return future;
    }

    private void goOn(BulkGet<K, V> bulk, boolean withinAnother, CompletableFuture<Map<K, V>> future) {
        while (bulk.hasMore()) {
            Pending<Boolean> window = bulk.sendWindow();
            if (!window.isSettled()) { // else the next one right here: as nested calls they could fill the stack
                window.receive(settled -> go(future, () -> goOn(bulk, withinAnother, future)));
                return;
            }
        }
        bulk.load(withinAnother);
        List<CompletableFuture<@Nullable V>> parts =
                bulk.flights().stream().map(Flight::future).toList();
        Deadline deadline = loads.items.in(loads.options.loadTimeout());
        CompletableFuture.allOf(parts.toArray(CompletableFuture<?>[]::new))
                .orTimeout(deadline.remainingNanos(), TimeUnit.NANOSECONDS)
                .whenCompleteAsync(
                        (done, failure) -> {
                            if (failure == null) {
                                orFail(future, () -> future.complete(bulk.values(deadline)));
                            } else {
                                parts.forEach(part -> part.cancel(false)); // a load that hangs would keep its part
                                future.completeExceptionally(cause(failure, "a load of several keys"));
                            }
                        },
                        loads.items.callbacks());
    }

    /** Returns the future of the value after it has been loaded, whatever the cache holds; see {@link CacheAside#refresh}. */
    public CompletableFuture<@Nullable V> refresh(K key) {
        Target<K> target = loads.target(key);
        CompletableFuture<@Nullable V> future = new CompletableFuture<>();
        follow(loads.reload(target, loads.limit.isLoading()), target, future);
        return future;
    }

    /** Returns the future of whether the value is certainly gone from every zone; see {@link CacheAside#invalidate}. Never completes exceptionally. */
    public CompletableFuture<Boolean> invalidate(K key) {
        CompletableFuture<Boolean> future = new CompletableFuture<>();
        aside.outdate(loads.target(key).wire())
                .settled()
                .receive(settled -> go(
                        future,
                        () -> future.complete(settled.value() != null
                                && settled.value().zones().stream().allMatch(zone -> zone.status() == Status.DONE))));
        return future;
    }

    private void follow(Flight<V> flight, Target<K> target, CompletableFuture<@Nullable V> future) {
        flight.future()
                .orTimeout(loads.options.loadTimeout().toNanos(), TimeUnit.NANOSECONDS)
                .whenCompleteAsync(
                        (value, failure) -> {
                            if (failure == null) {
                                future.complete(value);
                            } else {
                                future.completeExceptionally(cause(failure, target.wire()));
                            }
                        },
                        loads.items.callbacks());
    }

    private Throwable cause(Throwable failure, Object what) {
        if (failure instanceof TimeoutException) { // of orTimeout; one of a loader comes inside another exception
            return new DeadlineExceeded(
                    what + " was not loaded within "
                            + loads.options.loadTimeout().toMillis() + " ms; the load goes on",
                    false);
        }
        Throwable loaders =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return loaders instanceof Error ? loaders : Flight.thrown(loaders, what);
    }

    private void go(CompletableFuture<?> future, Runnable step) {
        loads.items.callbacks().execute(() -> orFail(future, step));
    }

    /** Whatever is thrown on the way fails the future. */
    private static void orFail(CompletableFuture<?> future, Runnable step) {
        try {
            step.run();
        } catch (Throwable e) { // keys and executors are strangers' code, which may throw what it does not declare
            future.completeExceptionally(e);
        }
    }

    @Override
    public String toString() {
        return "Async" + aside;
    }
}
