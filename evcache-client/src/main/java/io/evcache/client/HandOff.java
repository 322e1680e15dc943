package io.evcache.client;

import static java.util.Objects.requireNonNull;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives tasks to an executor, and runs what it does not take on the calling thread: a future that never completes would be worse than one that completes there.
 *
 * <p>Each task is run once. An executor that throws may have the task all the same: those of the JDK queue it first and then fail to start a thread for it.
 */
final class HandOff implements Executor {
    private static final Logger LOG = LoggerFactory.getLogger(HandOff.class);

    private final Executor executor;

    /** By kind of failure. Bounded by the code there is; an executor that is broken would flood the log otherwise. */
    private final Set<String> logged = ConcurrentHashMap.newKeySet();

    HandOff(Executor executor) {
        this.executor = executor;
    }

    @Override
    public void execute(Runnable task) {
        Once once = new Once(task);
        try {
            executor.execute(once);
        } catch (RejectedExecutionException e) {
            once.run();
        } catch (Throwable e) { // a stranger's code, or no thread to be had; or what the task itself threw, right here
            if (logged.add(e.getClass().getName())) {
                LOG.warn(
                        "Callbacks run where answers are delivered, as their executor failed; logged once per kind", e);
            }
            once.run();
        }
    }

    @Override
    public String toString() {
        return "HandOff(" + executor + ")";
    }

    private static final class Once extends AtomicReference<@Nullable Runnable> implements Runnable {
        private static final long serialVersionUID = 1L;

        Once(Runnable task) {
            super(requireNonNull(task, "task"));
        }

        @Override
        public void run() {
            Runnable task = getAndSet(null);
            if (task != null) {
                task.run();
            }
        }
    }
}
