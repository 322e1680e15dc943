package io.evcache.client;

import io.evcache.core.command.DeliveringThread;
import io.evcache.core.time.Ticker;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Where the callbacks of users run, so that nothing of theirs can stop an event loop. Either the user's own executor, which stays the user's to end, or a pool of this client with one daemon thread
 * per core.
 */
final class Callbacks implements Executor, AutoCloseable {
    /** Threads that may join while callbacks wait inside futures of the JDK; beyond that they just wait. */
    private static final int SPARE_THREADS = 32;

    private final Executor executor;
    private final @Nullable Pool own;
    private final Ticker ticker;

    /** One per thread that delivers answers, of which there are few. */
    private final List<CallbackRound> rounds = new CopyOnWriteArrayList<>();

    private Callbacks(Executor executor, @Nullable Pool own, Ticker ticker) {
        this.executor = new HandOff(executor);
        this.own = own;
        this.ticker = ticker;
    }

    static Callbacks on(Executor executor, Ticker ticker) {
        return new Callbacks(executor, null, ticker);
    }

    static Callbacks ofClient(String client, Ticker ticker) {
        int threads = Runtime.getRuntime().availableProcessors();
        ClassLoader loader = Thread.currentThread().getContextClassLoader();
        AtomicInteger count = new AtomicInteger();
        Pool pool = new Pool(threads, in -> {
            ForkJoinWorkerThread thread = ForkJoinPool.defaultForkJoinWorkerThreadFactory.newThread(in);
            thread.setContextClassLoader(loader); // the factory's own is the system's
            thread.setName("evcache-callback-" + client + "-" + count.getAndIncrement());
            return thread;
        });
        return new Callbacks(pool, pool, ticker);
    }

    /** Runs the task on the executor; on this thread if that does not take it. From a thread that delivers answers, once for all that it delivers in one round. */
    @Override
    public void execute(Runnable task) {
        if (Thread.currentThread() instanceof DeliveringThread thread) {
            roundOf(thread).add(task);
        } else {
            executor.execute(task);
        }
    }

    private CallbackRound roundOf(DeliveringThread thread) {
        for (int i = 0; i < rounds.size(); i++) { // once per call
            CallbackRound round = rounds.get(i);
            if (round.isOf(thread)) {
                return round;
            }
        }
        CallbackRound first = new CallbackRound(thread, executor, ticker);
        rounds.add(first);
        return first;
    }

    /** Has what waits behind stuck callbacks run on other threads, and ends the pool, if it is ours, once what is queued has run; interrupts what takes longer than a second, and runs what waited behind it. */
    @Override
    public void close() {
        rounds.forEach(CallbackRound::scatter); // nobody will look after them any more
        if (own == null) {
            return;
        }
        own.shutdown();
        if (Thread.currentThread() instanceof ForkJoinWorkerThread worker && worker.getPool() == own) {
            return; // closed from within a callback, which cannot wait for itself
        }
        try {
            if (!own.awaitTermination(1, TimeUnit.SECONDS)) {
                own.interrupt();
            }
        } catch (InterruptedException e) {
            own.interrupt();
            Thread.currentThread().interrupt();
        }
    }

    private static final class Pool extends ForkJoinPool {

        Pool(int threads, ForkJoinWorkerThreadFactory factory) {
            super(
                    threads,
                    factory,
                    null,
                    true, // first in, first out: nobody's callback starves behind later ones
                    threads,
                    threads + SPARE_THREADS,
                    1,
                    full -> true,
                    30,
                    TimeUnit.SECONDS);
        }

        /** A pool that is ended at once forgets what is queued. Here those are futures that somebody waits for, so a last thread completes them. */
        void interrupt() {
            List<ForkJoinTask<?>> queued = new ArrayList<>();
            drainTasksTo(queued);
            shutdownNow();
            if (!queued.isEmpty()) {
                Thread last = new Thread(() -> queued.forEach(ForkJoinTask::quietlyInvoke), "evcache-callback-last");
                last.setDaemon(true);
                last.start();
            }
        }
    }
}
