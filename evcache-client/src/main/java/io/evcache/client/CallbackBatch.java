package io.evcache.client;

import io.evcache.core.time.Ticker;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Callbacks that became due together, handed to the executor as one task: to wake a thread for each would cost more than the reads that they belong to. Any number of threads may run it at once; each callback goes to
 * one of them.
 *
 * <p>One thread is enough while callbacks are quick, also for batches that come while it is at one: it {@linkplain #goOnWith goes on} with them. A thread that has been busy for a while shares the rest with another; one that is stuck in a callback, which may wait for another of the same batch, is helped by
 * whoever {@linkplain #help watches}.
 */
final class CallbackBatch implements Runnable {
    /** Waking another thread costs a few per cent of it. */
    private static final long SHARE_AFTER_NANOS = 200_000;

    /** To look at the clock after each would cost as much as a quick callback. */
    private static final int LOOK_EVERY = 4;

    /** So many batches in a row are run as one task; then the executor may turn to something else. */
    private static final int MOST_IN_A_ROW = 16;

    /** Stands where a follower would, once no thread will look for one. */
    private static final CallbackBatch CLOSED = new CallbackBatch(new Runnable[0], Runnable::run, () -> 0);

    private final @Nullable Runnable[] tasks;
    private final Executor executor;
    private final Ticker ticker;
    private final AtomicInteger next = new AtomicInteger();

    /** What the thread that finds this empty runs next. */
    private final AtomicReference<@Nullable CallbackBatch> follower = new AtomicReference<>();

    /** How many batches before this one are run by the same task. Confined to who hands over. */
    private int row;

    /** Whether the executor has this and has not started it yet. */
    private final AtomicBoolean waiting = new AtomicBoolean();

    /** Whether it was there when somebody looked last. Confined to who looks. */
    private boolean seen;

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

    /** Has the executor run this. */
    void start() {
        row = 0;
        waiting.set(true);
        executor.execute(this);
    }

    /** Has whoever runs this go on with that batch, which needs no thread of its own then. Returns {@code false}, and changes nothing, if it is too late for that. */
    boolean goOnWith(CallbackBatch after) {
        after.row = row + 1;
        return after.row < MOST_IN_A_ROW && follower.compareAndSet(null, after);
    }

    /** Returns whether this has not been taken up in the time between two looks. */
    boolean isLate() {
        boolean late = seen && !isTaken();
        seen = true;
        return late;
    }

    /**
     * Has the executor run what no thread has taken yet, on one thread more; on this one if it refuses. It is not told twice before it has started.
     */
    void help() {
        if (!isTaken() && waiting.compareAndSet(false, true)) {
            executor.execute(this);
        }
    }

    /** Has the executor run this as often as there are callbacks that no thread has taken yet: however many get stuck, there is a thread for each of the others. */
    void scatter() {
        for (int left = tasks.length - next.get(); left > 0 && !isTaken(); left--) {
            executor.execute(this);
        }
    }

    @Override
    public void run() {
        waiting.set(false);
        if (sharing != Thread.currentThread()) {
            for (CallbackBatch batch = this; batch != null; batch = batch.takeFollower()) {
                batch.runAll();
            }
        }
    }

    @SuppressWarnings("ReferenceEquality") // there is one
    private @Nullable CallbackBatch takeFollower() {
        CallbackBatch after = follower.getAndSet(CLOSED);
        return after == CLOSED ? null : after;
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
