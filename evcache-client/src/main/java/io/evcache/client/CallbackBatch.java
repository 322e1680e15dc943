package io.evcache.client;

import io.evcache.core.time.Ticker;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Callbacks that became due together, handed to the executor as one task: to wake a thread for each would cost more than the reads that they belong to. Any number of threads may run it at once; each callback goes to
 * one of them.
 *
 * <p>One thread is enough while callbacks are quick. A thread that has been busy for a while shares the rest with another; one that is stuck in a callback, which may wait for another of the same batch, is helped by
 * whoever {@linkplain #help watches}.
 */
final class CallbackBatch implements Runnable {
    /** Waking another thread costs a few per cent of it. */
    private static final long SHARE_AFTER_NANOS = 200_000;

    /** To look at the clock after each would cost as much as a quick callback. */
    private static final int LOOK_EVERY = 4;

    private final @Nullable Runnable[] tasks;
    private final Executor executor;
    private final Ticker ticker;
    private final AtomicInteger next = new AtomicInteger();

    /** Whether the executor has this and has not started it yet. */
    private final AtomicBoolean waiting = new AtomicBoolean(true);

    /** Who asks the executor for another thread. One that has none, and runs this on the same thread, is to come back at once. */
    private volatile @Nullable Thread sharing;

    /** Takes the array as its own. */
    CallbackBatch(@Nullable Runnable[] tasks, Executor executor, Ticker ticker) {
        this.tasks = tasks;
        this.executor = executor;
        this.ticker = ticker;
    }

    /** Returns whether each callback has found its thread. */
    boolean isTaken() {
        return next.get() >= tasks.length;
    }

    /**
     * Has the executor run what no thread has taken yet, on one thread more; on this one if it refuses. It is not told twice before it has started.
     */
    void help() {
        if (!isTaken() && waiting.compareAndSet(false, true)) {
            CallbackRound.run(executor, this);
        }
    }

    @Override
    public void run() {
        waiting.set(false);
        if (sharing != Thread.currentThread()) {
            runAll();
        }
    }

    private void runAll() {
        long start = ticker.nanos();
        int done = 0;
        for (int i = next.getAndIncrement(); i < tasks.length; i = next.getAndIncrement()) {
            runOne(i);
            done++;
            if (done % LOOK_EVERY == 0 && ticker.nanos() - start > SHARE_AFTER_NANOS) {
                share();
            }
        }
    }

    private void runOne(int index) {
        Runnable task = tasks[index];
        tasks[index] = null; // a batch that is stuck keeps nothing of those that have run
        try {
            if (task != null) {
                task.run();
            }
        } catch (Throwable e) { // as an executor treats a task that throws
            Thread current = Thread.currentThread();
            current.getUncaughtExceptionHandler().uncaughtException(current, e);
        }
    }

    private void share() {
        sharing = Thread.currentThread();
        help();
        sharing = null;
    }

    @Override
    public String toString() {
        return "CallbackBatch(" + Math.min(next.get(), tasks.length) + " of " + tasks.length + " taken)";
    }
}
