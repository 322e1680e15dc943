package io.evcache.core.transport.netty;

import io.evcache.core.command.Pending;
import io.evcache.core.command.Poller;
import io.evcache.core.command.Receiver;
import io.evcache.core.time.Deadline;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.SingleThreadIoEventLoop;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The event loop of one lane. While all that happens on it is one caller after the other who waits for an answer, its thread steps aside, and each of them runs the loop while it waits: it reads its own answer, and no
 * thread has to wake up another.
 *
 * <p>The loop comes home as soon as anybody has something else for it, and when no caller has run it for a while.
 */
final class LaneLoop extends SingleThreadIoEventLoop implements Poller, Receiver<Object> {
    /** How long nobody may look at the sockets, so that a server's goodbye is noticed. */
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    /** How late a caller that runs the loop notices that it was interrupted. Netty arms a timer, by a system call of its own, for waits of less than half of this. */
    private static final long NOTICE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    /** How long tasks of others may hold up a caller that runs the loop. */
    private static final long TASKS_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    /** Several times as many small frames as the loop has large ones. To try so many takes a tenth of a microsecond. */
    private static final int NEEDED_FRAMES = 128;

    private final LentIo io;
    private final Lending lending;
    private final Traffic traffic;
    private final long lookNanos;

    /** How often callers have run the loop. Written by who runs it. */
    private final AtomicInteger polls = new AtomicInteger();

    /** When the earliest scheduled task is due, as of the last who ran the loop. */
    private volatile long nextTaskAt;

    // ---- confined to who runs the loop ----

    private final IoHandlerContext look = new Look();
    private final CallerWaits callerWaits = new CallerWaits();
    private Runnable whenLooking = () -> {};

    private LaneLoop(
            ThreadFactory threads, IoHandlerFactory sockets, Lending lending, Traffic traffic, long lookNanos) {
        super(null, threads, executor -> new LentIo(sockets.newHandler(executor), lending));
        this.io = (LentIo) ioHandler();
        this.lending = lending;
        this.traffic = traffic;
        this.lookNanos = lookNanos;
    }

    /** Returns a new one, which starts its thread when it has something to do. */
    static LaneLoop of(ThreadFactory threads, IoHandlerFactory sockets) {
        return of(threads, sockets, new Traffic(), LOOK_NANOS);
    }

    /** Returns one with a patience of the caller's choice, for tests. */
    static LaneLoop of(ThreadFactory threads, IoHandlerFactory sockets, Traffic traffic, long lookNanos) {
        return new LaneLoop(threads, sockets, new Lending(), traffic, lookNanos);
    }

    /** Has the task run whenever the loop has come home, and by a caller whose answer is not there when it looks. Before the loop has anything to do. */
    void whenLooking(Runnable task) {
        whenLooking = task;
    }

    Traffic traffic() {
        return traffic;
    }

    /** Returns whether callers may run the loop now, so that nobody else may be looking at its sockets. From any thread. */
    boolean isLent() {
        return !lending.isAtHome();
    }

    /** Returns whether a caller runs it. From any thread. */
    boolean isRunByCaller() {
        return lending.isRunByCaller();
    }

    @Override
    public boolean inEventLoop(Thread thread) {
        return lending != null && lending.isRunBy(thread); // null while this is being made
    }

    // ---- home ----

    @Override
    protected void run() {
        LoopThread.introduce(this);
        lending.begin(Thread.currentThread());
        super.run();
    }

    @Override
    protected int runIo() {
        return isIdle() && traffic.isQuiet() && lend() ? io.run(look) : super.runIo();
    }

    private boolean isIdle() {
        return !hasTasks() && !hasScheduledTasks() && !isShuttingDown();
    }

    private enum Back {
        WANTED,
        NO_CALLERS,
        TASK_IS_DUE
    }

    /** Steps aside until the loop must come home. Returns whether it may be lent out again after a look at what there is to do. */
    private boolean lend() {
        int before = polls.get();
        planNextTask();
        lending.lend();
        if ((pendingTasks() > 0 || traffic.hasUnseen()) && lending.tryTakeBack()) {
            whenLooking.run();
            return false; // somebody was faster, such as the caller that was answered last
        }
        Back reason = stepAside();
        if (reason == Back.WANTED) {
            traffic.quietTimeEnded(polls.get() - before);
        } else if (reason == Back.NO_CALLERS) {
            traffic.disturbed();
        }
        whenLooking.run();
        return reason == Back.TASK_IS_DUE;
    }

    /** Sleeps until the loop is home again, and returns why it is. */
    private Back stepAside() {
        int known = polls.get();
        long lookAt = ticker().nanoTime() + lookNanos;
        while (true) {
            long now = ticker().nanoTime();
            Back reason = reasonToComeBack(now, lookAt - now <= 0 && polls.get() == known);
            if (reason != null && lending.tryTakeBack()) {
                return reason;
            }
            if (lookAt - now <= 0) {
                known = polls.get();
                lookAt = now + lookNanos;
            }
            // A caller that runs the loop now does what is due itself, and wakes this thread up when it is wanted.
            LockSupport.parkNanos(this, reason != null ? lookNanos : Math.min(lookAt, nextTaskAt) - now);
            boolean unused = Thread.interrupted(); // means nothing here, and who is interrupted does not park
        }
    }

    private @Nullable Back reasonToComeBack(long now, boolean noCallers) {
        if (lending.isRecalled()) {
            return Back.WANTED;
        }
        if (nextTaskAt - now <= 0) {
            return Back.TASK_IS_DUE;
        }
        return noCallers ? Back.NO_CALLERS : null;
    }

    /** Returns whether home, asleep, does not know of what is due next. */
    private boolean planNextTask() {
        long planned = nextTaskAt;
        long next = nextScheduledTaskDeadlineNanos();
        nextTaskAt = next == -1 ? Long.MAX_VALUE : next;
        return next != -1 && (next != planned || next - ticker().nanoTime() <= 0);
    }

    // ---- callers ----

    @Override
    public void poll(Pending<?> awaited, Deadline deadline, Deadline earliest) {
        Thread self = Thread.currentThread();
        if (!hasStackLeft() || !lending.tryTake(self)) {
            recall(); // if another caller runs it, that one is the last, and looks after what is due of this one
            return;
        }
        boolean workIsLeft = true; // unless it was seen that none is
        boolean somethingIsDue = false;
        try {
            polls.setRelease(polls.getPlain() + 1);
            awaited.receive(this);
            pollUntilSettled(self, awaited, deadline, earliest);
            somethingIsDue = planNextTask();
            workIsLeft = !traffic.isClear() || pendingTasks() > 0 || isShuttingDown();
        } finally {
            // Without a call first: a caller whose stack is at its end must not take the loop with it. Home looks by
            // itself then.
            if (workIsLeft) {
                lending.recalled = true;
            }
            lending.runner = null;
            lending.given();
        }
        if (somethingIsDue) {
            lending.wakeHome();
        }
    }

    /** Whether this caller can run what the loop runs. If the stack ended within a queue of Netty's, that would be broken for the whole lane. */
    private static boolean hasStackLeft() {
        try {
            return descend(NEEDED_FRAMES) == NEEDED_FRAMES;
        } catch (StackOverflowError e) {
            return false;
        }
    }

    private static int descend(int frames) {
        return frames == 0 ? 0 : descend(frames - 1) + 1;
    }

    private void pollUntilSettled(Thread self, Pending<?> awaited, Deadline deadline, Deadline earliest) {
        Deadline next = earliest;
        while (!awaited.isSettled() && !deadline.isExpired() && !self.isInterrupted() && !isShuttingDown()) {
            io.run(callerWaits.until(awaited, next));
            runAllTasks(TASKS_NANOS);
            if (!awaited.isSettled()) {
                whenLooking.run(); // plans the next look, if there is anything to expire
                next = deadline;
            }
        }
        callerWaits.forget();
    }

    /** What a caller waits for has settled, perhaps on another thread than the one that waits in the sockets. */
    @Override
    public void settled(Pending<?> pending) {
        if (!inEventLoop()) {
            io.interrupt();
        }
    }

    /** Has the loop come home if there is an answer to be read that nobody reads. From any thread. */
    @Override
    public void leave() {
        if (traffic.hasUnseen()) {
            recall();
        }
    }

    private void recall() {
        if (lending.recall() != null) {
            io.interrupt();
        }
    }

    /** For a look that does not wait. */
    private final class Look implements IoHandlerContext {
        @Override
        public boolean canBlock() {
            return false;
        }

        @Override
        public long delayNanos(long currentTimeNanos) {
            return 0;
        }

        @Override
        public long deadlineNanos() {
            return ticker().nanoTime();
        }
    }

    /** For a caller that waits, until its answer is there, its time is over, a task is due or somebody has one. */
    private final class CallerWaits implements IoHandlerContext {
        private @Nullable Pending<?> awaited;
        private @Nullable Deadline deadline;

        CallerWaits until(Pending<?> awaited, Deadline deadline) {
            this.awaited = awaited;
            this.deadline = deadline;
            return this;
        }

        void forget() {
            awaited = null;
            deadline = null;
        }

        @Override
        public boolean canBlock() {
            return awaited != null && !awaited.isSettled() && pendingTasks() == 0 && !hasScheduledTasks();
        }

        @Override
        public long delayNanos(long currentTimeNanos) {
            long left = deadline == null ? 0 : Math.min(deadline.remainingNanos(), NOTICE_NANOS);
            return Math.max(0, Math.min(left, LaneLoop.this.delayNanos(currentTimeNanos)));
        }

        @Override
        public long deadlineNanos() {
            return ticker().nanoTime() + 1; // says no more than that it is another one each time
        }
    }
}
