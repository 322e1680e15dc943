package io.evcache.core.transport.netty;

import io.evcache.core.command.DeliveringThread;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The own thread of an event loop, which it knows as soon as it runs it. */
final class LoopThread extends FastThreadLocalThread implements DeliveringThread {
    private @Nullable LaneLoop loop;

    private LoopThread(Runnable task, String name) {
        super(task, name);
        setDaemon(true);
    }

    /** Returns what makes the threads of one transport. */
    static ThreadFactory factory() {
        AtomicInteger count = new AtomicInteger();
        return task -> new LoopThread(task, "evcache-io-" + count.getAndIncrement());
    }

    /** Tells the present thread, which is that of the loop, whose it is. */
    static void introduce(LaneLoop loop) {
        if (Thread.currentThread() instanceof LoopThread thread) {
            thread.loop = loop;
        }
    }

    /** The round ends when the loop has read what there is to read and run what there is to run. */
    @Override
    public void afterRound(Runnable task) {
        loop().executeAfterEventLoopIteration(task);
    }

    @Override
    public void after(long nanos, Runnable task) {
        loop().schedule(task, nanos, TimeUnit.NANOSECONDS);
    }

    private LaneLoop loop() {
        if (loop == null) {
            throw new RejectedExecutionException(getName() + " delivers nothing yet");
        }
        return loop;
    }
}
