package io.evcache.client;

import static java.util.Objects.requireNonNull;

import java.lang.invoke.VarHandle;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives tasks to an executor, and runs what it does not take on the calling thread: a future that never completes would be worse than one that completes there.
 *
 * <p>Each task is run once. An executor that throws may have the task all the same: those of the JDK queue it first and then fail to start a thread for it. And one that does not throw may forget it, if it is shut down meanwhile: the
 * fork-join pool of Java 17 cancels what is queued while it ends.
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
        if (isShutDown()) {
            once.run();
        }
    }

    /** Whether the executor may have forgotten what it took a moment ago. If it is shut down only after this has looked, it sees the task. */
    private boolean isShutDown() {
        if (executor instanceof ExecutorService service) {
            VarHandle.fullFence(); // between queueing the task and looking
            return service.isShutdown();
        }
        return false;
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
