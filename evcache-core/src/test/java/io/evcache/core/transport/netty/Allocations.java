package io.evcache.core.transport.netty;

import com.sun.management.ThreadMXBean;
import io.netty.util.ResourceLeakDetector;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.util.Arrays;

/** Counts what the calling thread and the threads of clients, by their names, allocate; a server in this process does not count. */
final class Allocations {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** Enough for the code to be compiled. */
    private static final int WARM_UP = 30_000;

    private static final int OPERATIONS = 20_000;

    private Allocations() {}

    /** Returns the bytes per operation, once the operation has been warmed up. */
    static long perOperation(Runnable operation) {
        ResourceLeakDetector.Level level = ResourceLeakDetector.getLevel();
        ResourceLeakDetector.setLevel(
                ResourceLeakDetector.Level.DISABLED); // watching buffers allocates more than the client does
        try {
            repeat(operation, WARM_UP);
            long before = allocated();
            repeat(operation, OPERATIONS);
            return (allocated() - before) / OPERATIONS;
        } finally {
            ResourceLeakDetector.setLevel(level);
        }
    }

    private static void repeat(Runnable operation, int times) {
        for (int i = 0; i < times; i++) {
            operation.run();
        }
    }

    private static long allocated() {
        long[] counted = Arrays.stream(THREADS.dumpAllThreads(false, false))
                .filter(Allocations::counts)
                .mapToLong(ThreadInfo::getThreadId)
                .toArray();
        return Arrays.stream(THREADS.getThreadAllocatedBytes(counted))
                .filter(bytes -> bytes > 0)
                .sum();
    }

    private static boolean counts(ThreadInfo thread) {
        return thread.getThreadName().startsWith("evcache-io-")
                || thread.getThreadName().startsWith("evcache-callback-")
                || thread.getThreadId() == Thread.currentThread().getId();
    }
}
