package io.evcache.core.transport.netty;

import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Who runs an event loop now: its own thread, called home here; one caller it is lent to; or nobody for a moment, while it is lent and no caller has taken it. All that is confined to the event loop is confined to who
 * runs it, and visible to the next one.
 *
 * <p>Whoever leaves work for the loop recalls it. The two sides of each race write before they read: who recalls says so and then looks who runs the loop; who takes it takes it and then looks whether it is recalled.
 */
final class Lending {
    private static final AtomicReferenceFieldUpdater<Lending, @Nullable Thread> RUNNER =
            AtomicReferenceFieldUpdater.newUpdater(Lending.class, Thread.class, "runner");

    /** Set once, by home itself. */
    private volatile @Nullable Thread home;

    /** Set to null, after {@link #recalled} if there is work left, by a caller that ends its run: two fields, as that must not need any stack. */
    volatile @Nullable Thread runner;

    volatile boolean recalled;

    /** The loop's own thread runs it from now on. */
    void begin(Thread thread) {
        runner = thread; // before it is home, which an unset one would be taken for
        home = thread;
    }

    boolean isRunBy(Thread thread) {
        return runner == thread;
    }

    /** Returns whether the loop's own thread runs it, or has not begun. */
    boolean isAtHome() {
        return runner == home;
    }

    boolean isRunByCaller() {
        Thread now = runner;
        return now != null && now != home;
    }

    /** Returns whether home wants the loop back. */
    boolean isRecalled() {
        return recalled;
    }

    /** Lends the loop out. By home, which looks afterwards whether there is something to do, and takes the loop back. */
    void lend() {
        recalled = false;
        runner = null;
    }

    /** Takes the loop back, unless a caller runs it. By home. */
    boolean tryTakeBack() {
        return RUNNER.compareAndSet(this, null, home);
    }

    /** Takes a loop that is lent out. By a caller, which recalls the loop if it is refused: then there is more than one caller. */
    boolean tryTake(Thread caller) {
        if (recalled || !RUNNER.compareAndSet(this, null, caller)) {
            return false;
        }
        if (recalled) {
            giveBack(true);
            return false;
        }
        return true;
    }

    /** Ends a caller's run. What it has written is visible to the next one. */
    void giveBack(boolean workIsLeft) {
        recalled = recalled || workIsLeft;
        runner = null;
        given();
    }

    /** Wakes home up if it wants the loop, which somebody has given back. */
    void given() {
        if (recalled) {
            wakeHome();
        }
    }

    /** Wants the loop back home as soon as possible. From any thread. Returns the caller that runs it, and may have to be woken up for that. */
    @Nullable
    Thread recall() {
        recalled = true;
        Thread now = runner;
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
        Thread now = runner;
        return "Lending(" + (now == null ? "nobody" : now.getName()) + (recalled ? ", recalled)" : ")");
    }
}
