package io.evcache.client.load;

import io.evcache.core.error.CallInterrupted;
import io.evcache.core.time.Backoff;
import io.evcache.core.time.Ticker;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes to the source of the data later and in batches: a value is in the cache at once, and in the source soon. For data of which the last moments may be lost, such as counters and presence.
 *
 * <p><b>What can be lost.</b> If this JVM dies, what was put within {@code maxDelay} before, and what was being written or tried again: with a source that works some tens of milliseconds, with one that is down all that waits, at most {@code maxPending} values. The cache serves such a
 * value until it expires, or the key is invalidated. A value that the writer still refuses on its own after {@code retryFor} is given up, told to the handler of losses, and its key invalidated.
 *
 * <p><b>What can be stale.</b> This object's {@link CacheAside} never loads a key whose value waits here: it answers that value. Another JVM whose read misses meanwhile loads the old one; once the new one is in the source, the key is invalidated, so that the
 * next read loads it. Of two JVMs that put the same key the last one to be written stays.
 *
 * <p>Several values of one key are one: the last. Batches are written by one daemon thread, one after the other; an interrupt ends neither it nor the trying. A batch that throws is tried again after a pause with jitter, and after two failures in a row one value at
 * a time. What fails again although others have been written meanwhile is from then on written alone, after pauses of its own: a value that cannot be written, and those that a later put gives its key, hold up others only as long as the calls take that try it.
 * Thread-safe.
 *
 * @param <K> the keys of the DAO
 * @param <V> the values
 */
public final class WriteBehind<K, V> implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WriteBehind.class);
    private static final Backoff PAUSES = new Backoff(Duration.ofMillis(50), Duration.ofSeconds(5));

    private final CacheAside<K, V> aside;
    private final BatchWriter<K, V> writer;
    private final WriteBehindOptions options;
    private final BiConsumer<? super Map<K, V>, ? super Throwable> lost;
    private final WriteQueue<K, V> queue;
    private final Thread thread;
    private final AtomicBoolean closing = new AtomicBoolean();
    private final LongAdder writtenCount = new LongAdder();
    private final LongAdder lostCount = new LongAdder();
    private volatile @Nullable Throwable lastFailure;

    WriteBehind(
            CacheAside<K, V> aside,
            BatchWriter<K, V> writer,
            WriteBehindOptions options,
            BiConsumer<? super Map<K, V>, ? super Throwable> lost) {
        this.aside = aside;
        this.writer = writer;
        this.options = options;
        this.lost = lost;
        this.queue = new WriteQueue<>(options, Ticker.system(), WriteBehind::pause);
        this.thread = new Thread(this::work, "evcache-write-behind");
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /**
     * Has the value written to the source soon, and stores it in every zone now; returns when the cache's write policy is decided. If it has been written or replaced by then, the key is invalidated, since the cache may hold
     * an older value than the source.
     *
     * @throws WriteBehindFull if {@code maxPending} other keys wait; nothing has been changed then. Write it through instead, or tell your own caller
     * @throws IllegalStateException after {@link #close()}
     */
    public void put(K key, V value) {
        aside.store(key, value, () -> take(key, value));
    }

    private void take(K key, V value) {
        if (!queue.offer(key, value)) {
            if (queue.isClosed()) {
                throw new IllegalStateException("closed");
            }
            throw new WriteBehindFull(options.maxPending() + " keys wait to be written (maxPending)"
                    + (lastFailure == null ? "" : "; the last batch failed: " + lastFailure));
        }
    }

    /**
     * Has everything written now, and waits for it.
     *
     * @param timeout how long to wait; zero or less only looks
     * @return whether nothing was waiting any more within that time; what was given up does not wait
     * @throws CallInterrupted if the thread was interrupted; its flag is set again
     */
    public boolean flush(Duration timeout) {
        try {
            return queue.flush(timeout);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CallInterrupted("interrupted while values were written", e);
        }
    }

    /** Returns how many keys wait, or are being written. */
    public int pending() {
        return queue.pending();
    }

    /** Returns how many values have been written. */
    public long written() {
        return writtenCount.sum();
    }

    /** Returns how many values were given up, or left by {@link #close()}. */
    public long lost() {
        return lostCount.sum();
    }

    /**
     * Takes no more, and writes what waits for at most {@code closeTimeout}, or until the caller is interrupted, without pauses for trying again longer than that. When it returns, each value is written, or was told to the handler of
     * losses. That includes what a writer that hangs has in hand, which it may still write; no other batch begins. Idempotent.
     */
    @Override
    public void close() {
        if (!closing.compareAndSet(false, true)) {
            return;
        }
        queue.close();
        try {
            thread.join(Math.max(1, TimeUnit.MILLISECONDS.convert(options.closeTimeout())));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Map<K, V> rest = queue.drain();
        if (!rest.isEmpty()) {
            giveUp(rest, lastFailure == null ? new IllegalStateException("closed before it was written") : lastFailure);
        }
    }

    @Nullable
    V unsaved(K key) {
        return queue.get(key);
    }

    private void work() {
        int errors = 0;
        while (true) {
            try {
                Map<K, V> batch = queue.take();
                if (batch.isEmpty()) {
                    return;
                }
                write(Collections.unmodifiableMap(batch));
            } catch (InterruptedException e) {
                // A stranger's, such as a time limit of a call of the writer that has ended meanwhile: nobody of ours
                // interrupts this thread.
                LOG.debug("The thread that writes behind was interrupted, and goes on");
            } catch (Throwable e) { // an error, or the code of a key
                LOG.error("Writing behind failed, and goes on; {} values wait", queue.pending(), e);
                LockSupport.parkNanos(pause(errors++).toNanos());
            }
        }
    }

    private void write(Map<K, V> batch) {
        try {
            writer.writeAll(batch);
        } catch (Throwable e) { // whatever the writer throws, this thread goes on
            boolean unused = Thread.interrupted(); // what the writer left is not meant for the handler of losses
            failed(batch, e);
            return;
        }
        lastFailure = null;
        writtenCount.add(batch.size());
        batch.keySet().forEach(this::invalidate);
        queue.written();
    }

    private void failed(Map<K, V> batch, Throwable cause) {
        LOG.debug("A batch of {} was not written", batch.size(), cause);
        lastFailure = cause;
        Map<K, V> givenUp = queue.failed();
        if (!givenUp.isEmpty()) {
            giveUp(givenUp, cause);
        }
    }

    private void giveUp(Map<K, V> values, Throwable cause) {
        lostCount.add(values.size());
        values.keySet().forEach(this::invalidate);
        try {
            lost.accept(Collections.unmodifiableMap(values), cause);
        } catch (Throwable e) { // a stranger's code, which may throw what it does not declare
            LOG.error("The handler of losses failed; {} values are lost: {}", values.size(), values.keySet(), e);
        }
    }

    private void invalidate(K key) {
        try {
            aside.async().invalidate(key);
        } catch (Throwable e) { // what makes a cache's key of it is a stranger's code
            LOG.warn("{} could not be invalidated; what the cache holds lives until it expires", key, e);
        }
    }

    private static Duration pause(int failures) {
        return PAUSES.delay(failures, ThreadLocalRandom.current());
    }

    @Override
    public String toString() {
        return "WriteBehind(" + queue + ", "
                + options.retryFor().toSeconds() + " s of trying, " + written()
                + " written, " + lost() + " lost)";
    }
}
