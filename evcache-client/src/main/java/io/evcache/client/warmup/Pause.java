package io.evcache.client.warmup;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** How a warm-up lets time pass; a test moves its clock instead. */
@FunctionalInterface
interface Pause {

    /** Returns when that much time has passed. On the warm-up's thread. */
    void pass(long nanos);

    static Pause system() {
        ReentrantLock nobody = new ReentrantLock();
        Condition never = nobody.newCondition();
        return nanos -> {
            nobody.lock();
            try {
                long left = nanos;
                while (left > 0) {
                    left = never.awaitNanos(left);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                nobody.unlock();
            }
        };
    }

    /** The longest pause in one piece, so that a cancellation is seen soon. */
    long PIECE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
}
