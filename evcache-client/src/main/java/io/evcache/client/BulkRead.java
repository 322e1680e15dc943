package io.evcache.client;

import static java.util.Objects.requireNonNull;

import io.evcache.client.near.NearCache;
import io.evcache.client.pipeline.ReadResult;
import io.evcache.core.command.Pending;
import io.evcache.core.error.CodecFailure;
import io.evcache.core.error.DeadlineExceeded;
import io.evcache.core.key.Key;
import io.evcache.core.time.Deadline;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Map.Entry;
import org.jspecify.annotations.Nullable;

/**
 * Reads of many keys with one deadline, a window of them at a time, so that more keys than a connection may have in flight are not refused as overload. Used by one thread at a time.
 *
 * <p>One map is everything: it drops duplicates, keeps the order, and becomes the result. Next to a name stands its {@link Key}, then the pending read, then the value; or from the first what is {@link Kept} near.
 *
 * @param <V> the type of the values
 */
final class BulkRead<V> {
    private final Calls<V> calls;
    private final Deadline deadline;
    private final Map<String, Object> entries;
    private final Iterator<Entry<String, Object>> unsent;
    private final @Nullable Nearby<V> nearby;
    private final NearCache.@Nullable Load load;
    private int left;

    /** A value that need not be asked for. */
    private record Kept(Object value) {}

    /** Checks all keys, before anything is sent. */
    BulkRead(Calls<V> calls, Collection<String> names) {
        this.calls = calls;
        this.deadline = calls.readDeadline();
        this.nearby = calls.nearby();
        this.load = nearby == null ? null : nearby.load();
        this.entries = new LinkedHashMap<>(names.size() * 4 / 3 + 1);
        for (String name : names) {
            requireNonNull(name, "key");
            if (entries.get(name) == null) {
                entries.put(name, start(name));
            }
        }
        this.unsent = entries.entrySet().iterator();
    }

    private Object start(String name) {
        V kept = nearby == null ? null : nearby.get(name);
        if (kept != null) {
            return new Kept(kept);
        }
        left++;
        return calls.key(name);
    }

    Deadline deadline() {
        return deadline;
    }

    /** Returns whether there is something to send, and time left to do so. */
    boolean hasMore() {
        return left > 0 && !deadline.isExpired();
    }

    /** Sends the next window; what is returned settles once all of it has. */
    Countdown sendWindow() {
        Countdown window = new Countdown();
        for (int i = 0; i < calls.bulkWindow() && left > 0; ) {
            Entry<String, Object> entry = unsent.next();
            if (entry.getValue() instanceof Key key) {
                Pending<ReadResult> read = calls.read(key, deadline);
                entry.setValue(read);
                window.add(read);
                left--;
                i++;
            }
        }
        window.seal();
        return window;
    }

    /** Returns the values of what was hit so far. To be called once, as the last. */
    @SuppressWarnings("unchecked") // only values are left
    Map<String, V> hits() {
        for (Iterator<Entry<String, Object>> all = entries.entrySet().iterator(); all.hasNext(); ) {
            Entry<String, Object> entry = all.next();
            V value = valueOrNull(entry.getKey(), entry.getValue());
            if (value == null) {
                all.remove();
            } else {
                entry.setValue(value);
            }
        }
        return (Map<String, V>) (Map<String, ?>) entries;
    }

    /** Returns what became of every key; those that were not answered have failed. To be called once, as the last. */
    @SuppressWarnings("unchecked") // only results are left
    Map<String, GetResult<V>> results() {
        for (Entry<String, Object> entry : entries.entrySet()) {
            entry.setValue(resultOf(entry.getKey(), entry.getValue()));
        }
        return (Map<String, GetResult<V>>) (Map<String, ?>) entries;
    }

    @SuppressWarnings("unchecked") // a key, a read or a value, see above
    private GetResult<V> resultOf(String name, Object reached) {
        if (reached instanceof Kept kept) {
            return GetResult.near((V) kept.value());
        }
        if (!(reached instanceof Pending<?>)) {
            return GetResult.failed(null, 0, late(name, "was not asked", false));
        }
        Pending<ReadResult> read = (Pending<ReadResult>) reached;
        return read.isSettled()
                ? calls.resultOf(read, false, name, load)
                : GetResult.failed(null, calls.attempts(read), late(name, "was not answered", true));
    }

    private DeadlineExceeded late(String name, String what, boolean sent) {
        return new DeadlineExceeded(
                "key " + name + " of a read of " + entries.size() + " keys " + what + " within "
                        + deadline.allowed().toMillis() + " ms",
                sent);
    }

    @SuppressWarnings("unchecked") // only values are kept
    private @Nullable V valueOrNull(String name, Object reached) {
        if (reached instanceof Kept kept) {
            return (V) kept.value();
        }
        ReadResult result = reached instanceof Pending<?> read ? (ReadResult) read.value() : null;
        try {
            if (result == null) {
                return null;
            }
            return nearby == null || load == null ? calls.valueOf(result) : calls.arrived(nearby, load, name, result);
        } catch (CodecFailure e) {
            return null;
        }
    }
}
