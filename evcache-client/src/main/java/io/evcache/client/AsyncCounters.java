package io.evcache.client;

import static java.util.Objects.requireNonNull;

import io.evcache.client.pipeline.ReadResult;
import io.evcache.client.pipeline.WriteLatch;
import io.evcache.client.pipeline.WriteResult;
import io.evcache.client.pipeline.ZoneOutcome;
import io.evcache.core.command.Arithmetic.Direction;
import io.evcache.core.command.CountReply;
import io.evcache.core.command.Pending;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/**
 * {@link Counters} for callers that do not wait. Futures complete on the client's callback executor, at the latest a few milliseconds after the client's timeout, and never exceptionally. Errors of the program are
 * thrown at once, as by {@link Counters}. Thread-safe; nothing here blocks.
 */
public final class AsyncCounters {
    private final Calls<Long> calls;
    private final Callbacks callbacks;

    AsyncCounters(Calls<Long> calls, Callbacks callbacks) {
        this.calls = calls;
        this.callbacks = callbacks;
    }

    /** Returns the future of the counter's value; see {@link Counters#get}. */
    public CompletableFuture<OptionalLong> get(String key) {
        CompletableFuture<OptionalLong> future = new CompletableFuture<>();
        Pending<ReadResult> read = calls.readCounter(calls.key(key), calls.readDeadline());
        read.receive(settled -> callbacks.execute(() -> {
            Long value = calls.resultOf(read, false).value();
            future.complete(value == null ? OptionalLong.empty() : OptionalLong.of(value));
        }));
        return future;
    }

    /** Adds; a counter that is not there begins at the delta. See {@link Counters#increment(String, long)}. */
    public CompletableFuture<OptionalLong> increment(String key, long delta) {
        return counted(calls.count(key, Direction.INCREMENT, delta, OptionalLong.of(delta), null));
    }

    /** Adds; a counter that is not there begins at the initial value. See {@link Counters#increment(String, long, long, Duration)}. */
    public CompletableFuture<OptionalLong> increment(String key, long delta, long initial, Duration ttl) {
        requireNonNull(ttl, "ttl");
        return counted(calls.count(key, Direction.INCREMENT, delta, OptionalLong.of(initial), ttl));
    }

    /** Adds to a counter that is there. */
    public CompletableFuture<OptionalLong> incrementIfPresent(String key, long delta) {
        return counted(calls.count(key, Direction.INCREMENT, delta, OptionalLong.empty(), null));
    }

    /** Subtracts; a counter that is not there begins at the initial value. See {@link Counters#decrement(String, long, long, Duration)}. */
    public CompletableFuture<OptionalLong> decrement(String key, long delta, long initial, Duration ttl) {
        requireNonNull(ttl, "ttl");
        return counted(calls.count(key, Direction.DECREMENT, delta, OptionalLong.of(initial), ttl));
    }

    /** Subtracts from a counter that is there. */
    public CompletableFuture<OptionalLong> decrementIfPresent(String key, long delta) {
        return counted(calls.count(key, Direction.DECREMENT, delta, OptionalLong.empty(), null));
    }

    /** Sets the counter in every zone; see {@link Counters#set}. */
    public WriteLatch set(String key, long value, Duration ttl) {
        return calls.set(key, value, requireNonNull(ttl, "ttl"), null);
    }

    /** Removes the counter from every zone. */
    public WriteLatch delete(String key) {
        return calls.delete(key);
    }

    private CompletableFuture<OptionalLong> counted(WriteLatch latch) {
        return latch.toCompletableFuture().thenApply(AsyncCounters::valueIn);
    }

    /** Only the zone that decides answers with a number; copies are stored. */
    static OptionalLong valueIn(WriteResult result) {
        for (ZoneOutcome zone : result.zones()) {
            if (zone.reply() instanceof CountReply count && count.found()) {
                return OptionalLong.of(count.value());
            }
        }
        return OptionalLong.empty();
    }

    @Override
    public String toString() {
        return "AsyncCounters(" + calls + ")";
    }
}
