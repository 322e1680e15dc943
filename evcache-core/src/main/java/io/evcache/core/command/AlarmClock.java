package io.evcache.core.command;

import io.evcache.core.time.Ticker;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Wakes threads up whose answer has not come in time, up to {@value #TICK_MILLIS} ms late. For virtual threads: the JDK hands each of their timed waits to a thread of its own and takes it back
 * when the answer is there, which costs more than all else that a get does. Here a wait is one object on a stack, and a thread looks at all of them once per tick.
 *
 * <p>That thread runs while anybody waits, and ends a second after. Thread-safe.
 */
final class AlarmClock {
    static final AlarmClock SHARED = new AlarmClock(AlarmClock::thread);

    private static final VarHandle RUNS;

    static {
        try {
            RUNS = MethodHandles.lookup().findVarHandle(AlarmClock.class, "runs", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private static final Ticker TICKER = Ticker.system();
    private static final int TICK_MILLIS = 2;
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(TICK_MILLIS);
    private static final int IDLE_TICKS = 1_000 / TICK_MILLIS;

    /** Answers are not kept for longer than this because of others that wait. */
    private static final int MAX_TICKS_UNSEEN = 100 / TICK_MILLIS;

    private final ThreadFactory threads;
    private final AtomicReference<@Nullable Alarm> newest = new AtomicReference<>();

    /** A field of its own, as setting it back must not need any stack. */
    private volatile boolean runs;

    /** Creates one of its own, for tests. */
    AlarmClock(ThreadFactory threads) {
        this.threads = threads;
    }

    private static Thread thread(Runnable task) {
        Thread thread = new Thread(null, task, "evcache-alarms", 0, false);
        thread.setDaemon(true);
        thread.setContextClassLoader(null);
        return thread;
    }

    /** One wait. */
    static final class Alarm {
        private final Pending<?> awaited;
        private final Thread sleeper;
        private final long dueNanos;

        /** Written before publication, then by the clock's thread. */
        private @Nullable Alarm next;

        private volatile boolean hasRung;

        Alarm(Pending<?> awaited, Thread sleeper, long dueNanos) {
            this.awaited = awaited;
            this.sleeper = sleeper;
            this.dueNanos = dueNanos;
        }

        boolean hasRung() {
            return hasRung;
        }

        /** Returns {@code false} if that failed, since a virtual thread needs a carrier to go on, and must be tried again. */
        private boolean ring() {
            hasRung = true; // before the sleeper looks
            try {
                LockSupport.unpark(sleeper);
                return true;
            } catch (RuntimeException | Error e) {
                hasRung = false;
                return false;
            }
        }
    }

    /** Has the sleeper woken up, once, after so many nanoseconds, unless the answer has come. Returns {@code null} if no thread can be had for that. */
    @Nullable
    Alarm set(Pending<?> awaited, Thread sleeper, long nanos) {
        Alarm alarm = new Alarm(awaited, sleeper, TICKER.nanos() + nanos);
        do {
            alarm.next = newest.get();
        } while (!newest.compareAndSet(alarm.next, alarm));
        // After the push: a clock that ends looks for alarms once more.
        return runs || !RUNS.compareAndSet(this, false, true) || start() ? alarm : null;
    }

    boolean isRunning() {
        return runs;
    }

    private boolean start() {
        try {
            Shelf shelf = new Shelf(); // what can fail does so here, not on a thread that others rely on
            threads.newThread(() -> run(shelf)).start();
            return true;
        } catch (RuntimeException | Error e) { // as many threads as there can be, or this one's stack is at its end
            runs = false;
            wakeOthers();
            return false;
        }
    }

    /** Has those try themselves who have found this running meanwhile. */
    private void wakeOthers() {
        Alarm alarm = newest.getAndSet(null);
        while (alarm != null) {
            Alarm following = alarm.next;
            if (alarm.sleeper != Thread.currentThread()) {
                alarm.ring();
            }
            alarm = following;
        }
    }

    private void run(Shelf shelf) {
        int idleTicks = 0;
        while (idleTicks < IDLE_TICKS || !ends()) {
            LockSupport.parkNanos(this, TICK_NANOS);
            Thread.interrupted(); // means nothing here, and who is interrupted does not park
            shelf.tick(newest.getAndSet(null), TICKER.nanos());
            idleTicks = shelf.waiting == null && idleTicks < IDLE_TICKS ? idleTicks + 1 : 0;
        }
    }

    /** Returns {@code false} if somebody has set an alarm meanwhile who has found this running. */
    private boolean ends() {
        runs = false;
        return newest.get() == null || !RUNS.compareAndSet(this, false, true);
    }

    /** The alarms that were set and have not rung. Confined to the clock's thread. */
    private static final class Shelf {
        private @Nullable Alarm waiting;
        private long earliestDue;
        /** How many were left after the last look, and have come since. */
        private int left;

        private int come;
        private int ticksUnseen;

        void tick(@Nullable Alarm set, long now) {
            Alarm alarm = set;
            while (alarm != null) {
                Alarm following = alarm.next;
                if (!alarm.awaited.isSettled()) { // most are, two milliseconds later
                    keep(alarm);
                    come++;
                }
                alarm = following;
            }
            // Looking at all each time would cost a tenth of a core where a hundred thousand wait for something slow.
            boolean due =
                    waiting != null && (come >= left || now - earliestDue >= 0 || ++ticksUnseen >= MAX_TICKS_UNSEEN);
            if (due) {
                look(now);
            }
        }

        /** Rings what is due, and forgets it and what is answered. */
        private void look(long now) {
            Alarm alarm = waiting;
            waiting = null;
            left = 0;
            come = 0;
            ticksUnseen = 0;
            while (alarm != null) {
                Alarm following = alarm.next;
                if (!alarm.awaited.isSettled() && !(now - alarm.dueNanos >= 0 && alarm.ring())) {
                    keep(alarm);
                    left++;
                }
                alarm = following;
            }
        }

        private void keep(Alarm alarm) {
            if (waiting == null || alarm.dueNanos - earliestDue < 0) {
                earliestDue = alarm.dueNanos;
            }
            alarm.next = waiting;
            waiting = alarm;
        }
    }
}
