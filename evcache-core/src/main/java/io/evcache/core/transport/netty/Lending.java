package io.evcache.core.transport.netty;

import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Who runs an event loop now: its own thread, called home here; one caller it is lent to; or nobody for a moment, while it is lent and no caller has taken it. All that is confined to the event loop is confined to who
 * runs it, and visible to the next one.
 *
 * <p>Whoever leaves work for the loop recalls it. The two sides of each race write before they read: who recalls says so and then looks who runs the loop; who takes it takes it and then looks whether it is recalled.
 */
final class Lending {
    private final AtomicReference<@Nullable Thread> runner = new AtomicReference<>();

    /** Set once, by home itself. */
    private volatile @Nullable Thread home;

    private volatile boolean recalled;

    /** The loop's own thread runs it from now on. */
    void begin(Thread thread) {
        home = thread;
        runner.set(thread);
    }

    boolean isRunBy(Thread thread) {
        return runner.get() == thread;
    }

    /** Returns whether the loop's own thread runs it, or has not begun. */
    boolean isAtHome() {
        return runner.get() == home;
    }

    boolean isRunByCaller() {
        Thread now = runner.get();
        return now != null && now != home;
    }

    /** Returns whether home wants the loop back. */
    boolean isRecalled() {
        return recalled;
    }

    /** Lends the loop out. By home, which looks afterwards whether there is something to do, and takes the loop back. */
    void lend() {
        recalled = false;
        runner.set(null);
    }

    /** Takes the loop back, unless a caller runs it. By home. */
    boolean tryTakeBack() {
        return runner.compareAndSet(null, home);
    }

    /** Takes a loop that is lent out. By a caller. If another caller has it, that one is the last, since there is more than one. */
    boolean tryTake(Thread caller) {
        while (!recalled) {
            Thread now = runner.get();
            if (now != null) {
                recalled = recalled || now != home;
                return false;
            }
            if (runner.compareAndSet(null, caller)) {
                if (!recalled) {
                    return true;
                }
                giveBack(true);
            }
        }
        return false;
    }

    /** Ends a caller's run. What it has written is visible to the next one. */
    void giveBack(boolean workIsLeft) {
        runner.set(null);
        if (workIsLeft) {
            recalled = true;
        }
        if (recalled) {
            wakeHome();
        }
    }

    /** Wants the loop back home as soon as possible. From any thread. Returns the caller that runs it, and may have to be woken up for that. */
    @Nullable
    Thread recall() {
        recalled = true;
        Thread now = runner.get();
        if (now == null) {
            wakeHome();
        }
        return now == home || now == Thread.currentThread() ? null : now;
    }

    void wakeHome() {
        LockSupport.unpark(home);
    }

    @Override
    public String toString() {
        Thread now = runner.get();
        return "Lending(" + (now == null ? "nobody" : now.getName()) + (recalled ? ", recalled)" : ")");
    }
}
