package io.evcache.client;

import static java.util.Objects.requireNonNull;

import io.evcache.client.pipeline.ReadResult;
import io.evcache.client.pipeline.WriteLatch;
import io.evcache.core.command.Arithmetic.Direction;
import io.evcache.core.command.Waiting;
import io.evcache.core.error.EvCacheException;
import io.evcache.core.key.Key;
import io.evcache.core.time.Deadline;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.function.Supplier;

/**
 * Numbers that many callers change at the same time. Each is owned by one zone, the same for all callers wherever they run: that zone counts, and no change is lost or counted twice by another zone. The others are sent copies, which
 * are read while the owner is away and may be behind.
 *
 * <p>Numbers are unsigned 64-bit: an increment wraps at 2<sup>64</sup>, a decrement stops at 0; beyond {@link Long#MAX_VALUE} they appear as negative longs. Deltas and initial values are not
 * negative, so a counter begins there only by {@link #set}. The cache may be down: no method throws for that, and an empty result
 * means that there is no counter or that the owner did not answer in time, in which case it may have counted or not. While the owner's node is away nothing is counted. What is thrown are errors of the program, as by {@link EvCache}.
 *
 * <p>A change costs the caller one round trip to the owner; behind it follow one read there and one store to each other zone. Thread-safe.
 */
public final class Counters {
    private final Calls<Long> calls;
    private final AsyncCounters async;

    Counters(Calls<Long> calls, Callbacks callbacks) {
        this.calls = calls;
        this.async = new AsyncCounters(calls, callbacks);
    }

    /** Returns these counters for callers that do not wait. */
    public AsyncCounters async() {
        return async;
    }

    /** Returns the counter's value, from its owner; from a copy, perhaps an older one, if the owner does not answer. Empty if there is none or no zone answers. */
    public OptionalLong get(String key) {
        Key wireKey = calls.key(key);
        Deadline deadline = calls.readDeadline();
        ReadResult read;
        try {
            read = Waiting.during(() -> calls.readCounter(wireKey, deadline).await(deadline));
        } catch (EvCacheException e) {
            return OptionalLong.empty();
        }
        Long value = calls.resultOf(read, false, "", null).value();
        return value == null ? OptionalLong.empty() : OptionalLong.of(value);
    }

    /**
     * Adds; a counter that is not there begins at {@code delta}, with the view's own time to live.
     *
     * @param delta 0 or more
     * @return the counter after the change
     */
    public OptionalLong increment(String key, long delta) {
        return counted(() -> calls.count(key, Direction.INCREMENT, delta, OptionalLong.of(delta), null));
    }

    /**
     * Adds; a counter that is not there begins at the initial value, to which the delta is not added.
     *
     * @param delta 0 or more
     * @param initial 0 or more
     * @param ttl of a counter that begins, more than zero, at most 10 years; one that is there keeps its own
     * @return the counter after the change
     */
    public OptionalLong increment(String key, long delta, long initial, Duration ttl) {
        return counted(() ->
                calls.count(key, Direction.INCREMENT, delta, OptionalLong.of(initial), requireNonNull(ttl, "ttl")));
    }

    /** Adds to a counter that is there; empty, and nothing begins, if it is not. */
    public OptionalLong incrementIfPresent(String key, long delta) {
        return counted(() -> calls.count(key, Direction.INCREMENT, delta, OptionalLong.empty(), null));
    }

    /** Subtracts, down to 0; a counter that is not there begins at the initial value. Otherwise as {@link #increment(String, long, long, Duration)}. */
    public OptionalLong decrement(String key, long delta, long initial, Duration ttl) {
        return counted(() ->
                calls.count(key, Direction.DECREMENT, delta, OptionalLong.of(initial), requireNonNull(ttl, "ttl")));
    }

    /** Subtracts, down to 0, from a counter that is there; empty if it is not. */
    public OptionalLong decrementIfPresent(String key, long delta) {
        return counted(() -> calls.count(key, Direction.DECREMENT, delta, OptionalLong.empty(), null));
    }

    /**
     * Sets the counter in every zone. Not ordered against changes at the same time.
     *
     * @param value read as unsigned: -1 is 2<sup>64</sup> - 1
     * @return whether as many zones as the policy asks have stored it in time
     */
    public boolean set(String key, long value, Duration ttl) {
        return calls.isMet(calls.set(key, value, requireNonNull(ttl, "ttl"), null));
    }

    /** Removes the counter from every zone; returns whether it is gone from as many as the policy asks. */
    public boolean delete(String key) {
        return calls.isMet(calls.delete(key));
    }

    private OptionalLong counted(Supplier<WriteLatch> write) {
        WriteLatch latch = Waiting.during(() -> {
            WriteLatch sent = write.get();
            boolean unused = calls.isMet(sent);
            return sent;
        });
        return AsyncCounters.valueIn(latch.now());
    }

    @Override
    public String toString() {
        return "Counters(" + calls + ")";
    }
}
