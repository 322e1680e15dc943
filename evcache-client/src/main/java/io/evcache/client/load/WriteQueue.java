package io.evcache.client.load;

import io.evcache.core.time.Ticker;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Values that are still to be written, the last one of each key, longest waiting first. A lock and not a monitor, so that virtual threads do not pin; nothing but maps is touched under it.
 *
 * <p>A batch that fails does not say whether the source or one of its values is to blame. While nothing is written at all it is the source: everything pauses, and after two failures in a row one value at a time is tried. What fails although others have been
 * written since it failed before may be to blame itself: it is suspect, and from then on taken alone, by turns with the batches of the others and after pauses of its own.
 */
final class WriteQueue<K, V> {
    private static final int FAILURES_TO_GO_ONE_BY_ONE = 2;

    private final WriteBehindOptions options;
    private final Ticker ticker;
    private final IntFunction<Duration> pauses;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<K, Unwritten<V>> waiting = new LinkedHashMap<>(); // guarded by lock
    private final Map<K, Unwritten<V>> suspects = new LinkedHashMap<>(); // guarded by lock; no key is in both
    private Map<K, Unwritten<V>> taken = Map.of(); // guarded by lock
    private boolean isSuspectTaken; // guarded by lock: now, or last
    private int failures; // guarded by lock: of batches, since something was written
    private long writtenAt; // guarded by lock: when something was written last
    private int flushing; // guarded by lock: how many callers want all that waits to be written now
    private long pauseUntil; // guarded by lock
    private boolean closed; // guarded by lock

    /**
     * An empty one.
     *
     * @param pauses how long to wait after so many failures before, 0 for the first one
     */
    WriteQueue(WriteBehindOptions options, Ticker ticker, IntFunction<Duration> pauses) {
        this.options = options;
        this.ticker = ticker;
        this.pauses = pauses;
        this.writtenAt = ticker.nanos();
        this.pauseUntil = writtenAt;
    }

    /** Returns {@code false}, and changes nothing, if there is no room or the queue is closed. A value replaces the one that waits under its key, and takes its place. */
    boolean offer(K key, V value) {
        lock.lock();
        try {
            Map<K, Unwritten<V>> place = suspects.containsKey(key) ? suspects : waiting;
            Unwritten<V> before = place.get(key);
            if (closed || (before == null && size() >= options.maxPending())) {
                return false;
            }
            place.put(
                    key,
                    before == null
                            ? Unwritten.of(value, ticker.nanos() + nanos(options.maxDelay()))
                            : before.replacedBy(value));
            changed.signalAll();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Returns the value that waits, or is being written, if there is one. */
    @Nullable
    V get(K key) {
        lock.lock();
        try {
            Unwritten<V> found = waiting.getOrDefault(key, suspects.getOrDefault(key, taken.get(key)));
            return found == null ? null : found.value();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until a batch or a suspect is due, and takes it. It counts as pending until {@link #written} or {@link #failed}, and is what is taken until then.
     *
     * @return empty once the queue is closed and nothing waits
     */
    Map<K, V> take() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            if (taken.isEmpty()) {
                awaitDue();
                long now = ticker.nanos();
                boolean isSuspectsTurn = !isSuspectTaken || nanosToBatch(now) > 0;
                isSuspectTaken = isSuspectsTurn && nanosToSuspect(now) <= 0;
                taken = isSuspectTaken
                        ? first(1, suspects, suspect -> suspect.dueAt() - now <= 0)
                        : first(failures < FAILURES_TO_GO_ONE_BY_ONE ? options.maxBatch() : 1, waiting, any -> true);
            }
            return values(taken);
        } finally {
            lock.unlock();
        }
    }

    private void awaitDue() throws InterruptedException {
        for (long left = nanosLeft(); left > 0; left = nanosLeft()) {
            if (left == Long.MAX_VALUE) {
                changed.await();
            } else {
                long unused = changed.awaitNanos(left);
            }
        }
    }

    /** Zero or less when something is due; the largest number when nothing waits. */
    private long nanosLeft() {
        if (closed && size() == 0) {
            return 0;
        }
        long now = ticker.nanos();
        return Math.max(pauseUntil - now, Math.min(nanosToBatch(now), nanosToSuspect(now)));
    }

    private long nanosToBatch(long now) {
        if (waiting.isEmpty()) {
            return Long.MAX_VALUE;
        }
        return flushing > 0 || closed || waiting.size() >= options.maxBatch()
                ? 0
                : waiting.values().iterator().next().dueAt() - now;
    }

    /** Looks at all of them: for each value that cannot be written there are a batch of others at most, and those for a moment only. */
    private long nanosToSuspect(long now) {
        long left = Long.MAX_VALUE;
        for (Unwritten<V> suspect : suspects.values()) {
            left = Math.min(left, suspect.dueAt() - now);
        }
        return left;
    }

    private Map<K, Unwritten<V>> first(int max, Map<K, Unwritten<V>> from, Predicate<Unwritten<V>> which) {
        Map<K, Unwritten<V>> batch = new LinkedHashMap<>();
        for (var entries = from.entrySet().iterator(); entries.hasNext() && batch.size() < max; ) {
            var entry = entries.next();
            if (which.test(entry.getValue())) {
                batch.put(entry.getKey(), entry.getValue());
                entries.remove();
            }
        }
        return batch;
    }

    /** The batch that was taken is written. Returns nothing that a newer value has not already replaced. */
    void written() {
        lock.lock();
        try {
            taken = Map.of();
            failures = 0;
            writtenAt = ticker.nanos();
            pauseUntil = writtenAt;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** The batch that was taken is not written. A value that has failed alone, and for too long, is given up and returned; the rest waits again behind all others, or as suspects, unless a newer value does. */
    Map<K, V> failed() {
        lock.lock();
        try {
            long now = ticker.nanos();
            Map<K, V> givenUp = new LinkedHashMap<>();
            taken.forEach((key, entry) -> {
                Unwritten<V> failed = entry.failed(now);
                // In a batch another one may be to blame.
                if (taken.size() == 1
                        && !waiting.containsKey(key)
                        && failed.hasFailedFor(nanos(options.retryFor()), now)) {
                    givenUp.put(key, failed.value());
                } else {
                    waitAgain(key, failed, now);
                }
            });
            if (!isSuspectTaken) {
                pauseUntil = now + nanos(pauses.apply(failures++));
            }
            taken = Map.of();
            changed.signalAll();
            return givenUp;
        } finally {
            lock.unlock();
        }
    }

    private void waitAgain(K key, Unwritten<V> failed, long now) {
        Unwritten<V> newer = waiting.get(key);
        Unwritten<V> next = newer == null ? failed : failed.replacedBy(newer.value());
        if (isSuspectTaken || failed.wasInTroubleBefore(writtenAt)) {
            waiting.remove(key);
            suspects.put(key, next.refused(now + nanos(pauses.apply(next.refusals()))));
        } else {
            waiting.put(key, next);
        }
    }

    /** Has what waits written without delay, and waits until nothing is pending. Returns whether that was so in time. */
    boolean flush(Duration timeout) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            flushing++;
            changed.signalAll();
            long left = nanos(timeout);
            while (size() > 0 && left > 0) {
                left = changed.awaitNanos(left);
            }
            return size() == 0;
        } finally {
            flushing--;
            lock.unlock();
        }
    }

    /** Takes nothing more; what waits is due. */
    void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Empties the queue, and returns what was in it or had been taken, so that nothing becomes of a batch that fails later. */
    Map<K, V> drain() {
        lock.lock();
        try {
            Map<K, V> rest = new LinkedHashMap<>();
            rest.putAll(values(taken));
            rest.putAll(values(suspects));
            rest.putAll(values(waiting));
            taken = Map.of();
            suspects.clear();
            waiting.clear();
            changed.signalAll();
            return rest;
        } finally {
            lock.unlock();
        }
    }

    boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    int pending() {
        lock.lock();
        try {
            return size();
        } finally {
            lock.unlock();
        }
    }

    /** The largest number for what is longer than that, 292 years: a user may mean for ever. */
    private static long nanos(Duration time) {
        return TimeUnit.NANOSECONDS.convert(time);
    }

    private Map<K, V> values(Map<K, Unwritten<V>> entries) {
        Map<K, V> values = new LinkedHashMap<>();
        entries.forEach((key, entry) -> values.put(key, entry.value()));
        return values;
    }

    private int size() {
        return waiting.size() + suspects.size() + taken.size();
    }

    @Override
    public String toString() {
        return pending() + " pending, paused for "
                + TimeUnit.NANOSECONDS.toMillis(Math.max(0, pauseUntil - ticker.nanos())) + " ms";
    }
}
