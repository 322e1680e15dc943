package io.evcache.client.load;

import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Where loaders run: the user's executor, which stays the user's to end, or daemon threads that come with the loads and go when there are none. Those have nothing of the thread that causes them, which may be any caller's or a callback thread: no inheritable thread-locals, and the context class loader of whoever makes this. How many loads run at once is not decided here. */
record LoadThreads(Executor executor, @Nullable ThreadPoolExecutor own) implements AutoCloseable {
    private static final long IDLE_SECONDS = 30;

    static LoadThreads of(@Nullable Executor given, String cache) {
        if (given != null) {
            return new LoadThreads(given, null);
        }
        String name = "evcache-load-" + cache + "-";
        ClassLoader loader = Thread.currentThread().getContextClassLoader();
        AtomicInteger count = new AtomicInteger();
        ThreadPoolExecutor threads = new ThreadPoolExecutor(
                0, Integer.MAX_VALUE, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
                    Thread thread = new Thread(null, task, name + count.getAndIncrement(), 0, false);
                    thread.setContextClassLoader(loader);
                    thread.setDaemon(true);
                    return thread;
                });
        return new LoadThreads(threads, threads);
    }

    /** Lets running loads end; takes no more. */
    @Override
    public void close() {
        if (own != null) {
            own.shutdown();
        }
    }
}
