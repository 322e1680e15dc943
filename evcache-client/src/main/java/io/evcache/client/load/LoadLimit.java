package io.evcache.client.load;

import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs so many loads at once and no more; so many others wait, first come, first served; what is beyond that is refused at once.
 *
 * <p>A thread whose load has ended goes on with the next one that waits. Thread-safe; nobody is parked here.
 */
final class LoadLimit {
    private static final Logger LOG = LoggerFactory.getLogger(LoadLimit.class);

    private final int maxRunning;
    private final int maxWaiting;
    private final Executor executor;
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicInteger waitingCount = new AtomicInteger();
    private final Queue<Task> waiting = new ConcurrentLinkedQueue<>();
    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /** One load, or one for many keys. */
    interface Task extends Runnable {

        /** Called instead of {@link #run}, on the thread that offers the task or on one whose load has ended. */
        void refused(LoadRejected why);

        /** Returns whether another load waits for this one, which then runs at once, under that one's permit: it could wait for that for ever. May become true while this waits; {@link #hurry} then. */
        boolean isUrgent();
    }

    LoadLimit(int maxRunning, int maxWaiting, Executor executor) {
        this.maxRunning = maxRunning;
        this.maxWaiting = maxWaiting;
        this.executor = executor;
    }

    /** Runs the task now, or when it is its turn. */
    void submit(Task task) {
        if (task.isUrgent()) {
            start(task, false);
        } else if (!trySubmit(task)) {
            await(task);
        }
    }

    /** Some load has become urgent: those that wait and are have no need of a permit any more. */
    void hurry() {
        for (Task task : waiting.toArray(Task[]::new)) {
            hurry(task);
        }
    }

    private void hurry(Task task) {
        if (task.isUrgent() && waiting.remove(task)) {
            waitingCount.decrementAndGet();
            start(task, false);
        }
    }

    /** Runs the task if it need not wait; otherwise returns {@code false}. */
    boolean trySubmit(Task task) {
        if (closed) {
            task.refused(closedFailure());
            return true;
        }
        if (!tryAcquire()) {
            return false;
        }
        dispatch(task);
        drain(); // a task that was refused has given back a permit which another may have come to wait for
        return true;
    }

    /** Returns whether the calling thread is running a load. */
    boolean isLoading() {
        return threads.contains(Thread.currentThread());
    }

    int running() {
        return running.get();
    }

    int waiting() {
        return waitingCount.get();
    }

    /** Refuses what waits and what comes; what runs goes on. */
    void close() {
        closed = true;
        for (Task task = poll(); task != null; task = poll()) {
            task.refused(closedFailure());
        }
    }

    private void await(Task task) {
        if (waitingCount.incrementAndGet() > maxWaiting) {
            waitingCount.decrementAndGet();
            task.refused(new LoadRejected(
                    maxRunning + " loads are running and " + maxWaiting
                            + " waiting (maxConcurrentLoads, maxWaitingLoads)",
                    null));
            return;
        }
        waiting.add(task);
        drain(); // a permit may have become free before the task was there to take it
        hurry(task); // or it has become urgent
        if (closed) {
            close();
        }
    }

    private void drain() {
        while (!waiting.isEmpty() && tryAcquire()) {
            Task next = poll();
            if (next == null) {
                running.decrementAndGet();
            } else {
                dispatch(next);
            }
        }
    }

    private void dispatch(Task task) {
        start(task, true);
    }

    private void start(Task task, boolean withPermit) {
        AtomicBoolean begun = new AtomicBoolean(); // an executor that throws may have the task all the same
        try {
            executor.execute(() -> {
                if (begun.compareAndSet(false, true)) {
                    run(task, withPermit);
                }
            });
        } catch (Throwable e) { // it refused, or there is no thread to be had, or it is a stranger's code
            if (!begun.compareAndSet(false, true)) {
                LOG.warn("The executor of loads failed, and has run the load all the same", e);
                return;
            }
            if (withPermit) {
                running.decrementAndGet();
            }
            task.refused(new LoadRejected("the executor of loads refused: " + e, e));
        }
    }

    private void run(Task first, boolean withPermit) {
        boolean outermost = threads.add(Thread.currentThread());
        boolean interrupted = false;
        try {
            first.run();
            if (withPermit && outermost) {
                for (Task next = poll(); next != null; next = poll()) {
                    interrupted |= Thread.interrupted(); // which was of the load before
                    next.run();
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt(); // for whoever owns the thread
            }
            if (outermost) {
                threads.remove(Thread.currentThread());
            }
            if (withPermit) {
                running.decrementAndGet();
                drain();
            }
        }
    }

    private boolean tryAcquire() {
        for (int now = running.get(); now < maxRunning; now = running.get()) {
            if (running.compareAndSet(now, now + 1)) {
                return true;
            }
        }
        return false;
    }

    private @Nullable Task poll() {
        Task next = waiting.poll();
        if (next != null) {
            waitingCount.decrementAndGet();
        }
        return next;
    }

    private static LoadRejected closedFailure() {
        return new LoadRejected("closed", null);
    }

    @Override
    public String toString() {
        return "LoadLimit(" + running + " of " + maxRunning + " running, " + waitingCount + " of " + maxWaiting
                + " waiting)";
    }
}
