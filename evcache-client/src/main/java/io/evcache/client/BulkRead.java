package io.evcache.client;

import static java.util.Objects.requireNonNull;

import io.evcache.client.near.NearCache;
import io.evcache.client.pipeline.ManyReads;
import io.evcache.client.pipeline.ReadResult;
import io.evcache.core.command.Pending;
import io.evcache.core.error.CodecFailure;
import io.evcache.core.error.DeadlineExceeded;
import io.evcache.core.error.EvCacheException;
import io.evcache.core.key.Key;
import io.evcache.core.time.Deadline;
import io.evcache.core.value.EncodedValue;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;
import org.jspecify.annotations.Nullable;

/**
 * Reads of many keys with one deadline, a window of them at a time, so that more keys than a connection may have in flight are not refused as overload. Used by one thread at a time.
 *
 * <p>One map is everything: it drops duplicates, keeps the order, and becomes the result. Next to a name stands its {@link Key} or what is {@link Kept} near, and at the end the value. The keys are sent in the order of
 * the map, so the windows are walked beside it.
 *
 * @param <V> the type of the values
 */
final class BulkRead<V> {
    private final Calls<V> calls;
    private final Deadline deadline;
    private final Map<String, Object> entries;
    private final Iterator<Entry<String, Object>> unsent;
    private final List<ManyReads> windows = new ArrayList<>(1);
    private final @Nullable Nearby<V> nearby;
    private final NearCache.@Nullable Load load;
    private int left;

    /** Where the walk over the windows is. */
    private int window;

    private int index;

    /** A value that need not be asked for. */
    private record Kept(Object value) {}

    /** Checks all keys, before anything is sent. */
    BulkRead(Calls<V> calls, Collection<String> names) {
        this.calls = calls;
        this.deadline = calls.readDeadline();
        this.nearby = calls.nearby();
        this.load = nearby == null ? null : nearby.load();
        this.entries = new LinkedHashMap<>(names.size(), 1);
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

    /** Sends the next window; what is returned settles once all of it has. To be called only if there is something to send. */
    ManyReads sendWindow() {
        Key[] keys = new Key[Math.min(calls.bulkWindow(), left)];
        for (int i = 0; i < keys.length; ) {
            if (unsent.next().getValue() instanceof Key key) {
                keys[i++] = key;
            }
        }
        left -= keys.length;
        ManyReads reads = calls.readAll(keys, deadline);
        windows.add(reads);
        return reads;
    }

    /** Returns the values of what was hit so far. To be called once, as the last. */
    @SuppressWarnings("unchecked") // only values are left
    Map<String, V> hits() {
        for (Iterator<Entry<String, Object>> all = entries.entrySet().iterator(); all.hasNext(); ) {
            Entry<String, Object> entry = all.next();
            V value = entry.getValue() instanceof Kept kept ? (V) kept.value() : nextValue(entry.getKey());
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
            entry.setValue(
                    entry.getValue() instanceof Kept kept
                            ? GetResult.near((V) kept.value())
                            : nextResult(entry.getKey()));
        }
        return (Map<String, GetResult<V>>) (Map<String, ?>) entries;
    }

    /** Steps to the next key that was sent, and returns its window; null if no more were sent. */
    private @Nullable ManyReads next() {
        if (window < windows.size() && index == windows.get(window).size()) {
            window++;
            index = 0;
        }
        if (window == windows.size()) {
            return null;
        }
        index++;
        return windows.get(window);
    }

    private @Nullable V nextValue(String name) {
        ManyReads reads = next();
        if (reads == null) {
            return null;
        }
        try {
            if (nearby == null || load == null) {
                EncodedValue found = reads.value(index - 1);
                return found == null ? null : calls.commands().valueOf(found);
            }
            ReadResult result = reads.result(index - 1);
            return result == null ? null : calls.arrived(nearby, load, name, result);
        } catch (CodecFailure e) {
            return null;
        }
    }

    private GetResult<V> nextResult(String name) {
        ManyReads reads = next();
        if (reads == null) {
            return GetResult.failed(null, 0, late(name, "was not asked", false));
        }
        int at = index - 1;
        ReadResult result = reads.result(at);
        if (result != null) {
            return calls.resultOf(result, false, name, load);
        }
        Pending<ReadResult> single = reads.single(at);
        EvCacheException failure = reads.failure(at);
        return GetResult.failed(
                null,
                single == null ? 1 : calls.attempts(single),
                failure == null ? late(name, "was not answered", true) : failure);
    }

    private DeadlineExceeded late(String name, String what, boolean sent) {
        return new DeadlineExceeded(
                "key " + name + " of a read of " + entries.size() + " keys " + what + " within "
                        + deadline.allowed().toMillis() + " ms",
                sent);
    }
}
