package io.evcache.client.load;

import io.evcache.core.time.Ticker;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Values that are still to be written, the last one of each key, longest waiting first. A lock and not a monitor, so that virtual threads do not pin; nothing but maps is touched under it.
 */
final class WriteQueue<K, V> {
    private final WriteBehindOptions options;
    private final Ticker ticker;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<K, Waiting<V>> waiting = new LinkedHashMap<>(); // guarded by lock
    private Map<K, Waiting<V>> taken = Map.of(); // guarded by lock
    private int flushing; // guarded by lock: how many callers want all that waits to be written now
    private long pauseUntil; // guarded by lock
    private boolean closed; // guarded by lock

    /**
     * One value.
     *
     * @param failedAt when it failed for the first time; null if it has not
     */
    record Waiting<V>(V value, long since, @Nullable Long failedAt) {}

    WriteQueue(WriteBehindOptions options, Ticker ticker) {
        this.options = options;
        this.ticker = ticker;
        this.pauseUntil = ticker.nanos();
    }

    /** Returns {@code false}, and changes nothing, if there is no room or the queue is closed. A value replaces the one that waits under its key, and takes its place. */
    boolean offer(K key, V value) {
        lock.lock();
        try {
            Waiting<V> before = waiting.get(key);
            if (closed || (before == null && size() >= options.maxPending())) {
                return false;
            }
            long now = ticker.nanos();
            waiting.put(key, new Waiting<>(value, before == null ? now : before.since(), null));
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
            Waiting<V> found = waiting.getOrDefault(key, taken.get(key));
            return found == null ? null : found.value();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until a batch is due, and takes it. It counts as pending until {@link #written} or {@link #failed}, and is what is taken until then.
     *
     * @param max how many at most
     * @return empty once the queue is closed and nothing waits
     */
    Map<K, Waiting<V>> take(int max) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            if (!taken.isEmpty()) {
                return taken;
            }
            for (long left = nanosLeft(); left > 0; left = nanosLeft()) {
                if (left == Long.MAX_VALUE) {
                    changed.await();
                } else {
                    long unused = changed.awaitNanos(left);
                }
            }
            Map<K, Waiting<V>> batch = new LinkedHashMap<>();
            for (var entries = waiting.entrySet().iterator(); entries.hasNext() && batch.size() < max; ) {
                var entry = entries.next();
                batch.put(entry.getKey(), entry.getValue());
                entries.remove();
            }
            taken = batch;
            return batch;
        } finally {
            lock.unlock();
        }
    }

    /** Zero or less when a batch is due; the largest number when nothing waits. */
    private long nanosLeft() {
        long now = ticker.nanos();
        if (waiting.isEmpty()) {
            return closed ? 0 : Long.MAX_VALUE;
        }
        long pause = pauseUntil - now;
        if (flushing > 0 || closed || waiting.size() >= options.maxBatch()) {
            return pause;
        }
        long due = waiting.values().iterator().next().since() + nanos(options.maxDelay()) - now;
        return Math.max(pause, due);
    }

    /** The batch that was taken is written. Returns nothing that a newer value has not already replaced. */
    void written() {
        lock.lock();
        try {
            taken = Map.of();
            pauseUntil = ticker.nanos();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * The batch that was taken is not written. A value that has failed alone, and for too long, is given up and returned; the rest waits again behind all others, unless a newer value does.
     *
     * @param pause how long nothing is to be taken
     */
    Map<K, V> failed(Duration pause) {
        lock.lock();
        try {
            long now = ticker.nanos();
            boolean isAlone = taken.size() == 1; // otherwise another one may be to blame
            Map<K, V> givenUp = new LinkedHashMap<>();
            taken.forEach((key, entry) -> {
                Long first = entry.failedAt();
                if (waiting.containsKey(key)) {
                    return;
                }
                if (isAlone && first != null && now - first >= nanos(options.retryFor())) {
                    givenUp.put(key, entry.value());
                } else {
                    waiting.put(key, new Waiting<>(entry.value(), entry.since(), first == null ? now : first));
                }
            });
            taken = Map.of();
            pauseUntil = now + pause.toNanos();
            changed.signalAll();
            return givenUp;
        } finally {
            lock.unlock();
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
            taken.forEach((key, entry) -> rest.put(key, entry.value()));
            taken = Map.of();
            waiting.forEach((key, entry) -> rest.put(key, entry.value()));
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

    private int size() {
        return waiting.size() + taken.size();
    }

    @Override
    public String toString() {
        return pending() + " pending, paused for "
                + TimeUnit.NANOSECONDS.toMillis(Math.max(0, pauseUntil - ticker.nanos())) + " ms";
    }
}
