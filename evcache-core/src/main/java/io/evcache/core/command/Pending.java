package io.evcache.core.command;

import io.evcache.core.error.CallInterrupted;
import io.evcache.core.error.DeadlineExceeded;
import io.evcache.core.error.EvCacheException;
import io.evcache.core.time.Deadline;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An answer that may not be there yet: a value, or the failure that prevented it. Settles exactly once.
 *
 * <p>A {@code CompletableFuture} would do, at several objects per call. Here the object that a transport sends <em>is</em> the promise (it extends this
 * class), a blocking caller parks on it directly, and a single receiver costs no further allocation. {@link #toFuture()} is the bridge for everybody else.
 *
 * <p>Thread-safe. Waiting works on virtual threads, since nothing is locked while parked.
 *
 * @param <T> what is promised
 */
public class Pending<T> {
    private static final Logger LOG = LoggerFactory.getLogger(Pending.class);
    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(Pending.class, "state", Object.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /**
     * {@code null}: open, nobody waits · a {@code Thread}, {@code Receiver} or {@code Waiters}: open, somebody waits · anything else: settled, the
     * value or the {@code EvCacheException}. A value is never of one of the waiting types.
     */
    @SuppressWarnings("unused") // through STATE
    private volatile @Nullable Object state;

    protected Pending() {}

    /** Returns one that the caller settles itself. */
    public static <T> Pending<T> open() {
        return new Pending<>();
    }

    /** Returns one that has settled with the value. */
    public static <T> Pending<T> of(T value) {
        Pending<T> pending = new Pending<>();
        pending.state = Objects.requireNonNull(value, "value");
        return pending;
    }

    /** Returns one that has settled with the failure. */
    public static <T> Pending<T> failed(EvCacheException failure) {
        Pending<T> pending = new Pending<>();
        pending.state = Objects.requireNonNull(failure, "failure");
        return pending;
    }

    /** Settles with the value and tells whoever waits, on this thread. Returns {@code false}, and changes nothing, if already settled. */
    public final boolean complete(T value) {
        return settle(Objects.requireNonNull(value, "value"));
    }

    /** Settles with the failure and tells whoever waits, on this thread. Returns {@code false}, and changes nothing, if already settled. */
    public final boolean fail(EvCacheException failure) {
        return settle(Objects.requireNonNull(failure, "failure"));
    }

    /** Returns whether the value or the failure is there. */
    public final boolean isSettled() {
        return isOutcome(state);
    }

    /** Returns the value; {@code null} while open or when failed. */
    @SuppressWarnings("unchecked") // only a T settles as a value
    public final @Nullable T value() {
        Object now = state;
        return isOutcome(now) && !(now instanceof EvCacheException) ? (T) now : null;
    }

    /** Returns the failure; {@code null} while open or when a value came. */
    public final @Nullable EvCacheException failure() {
        return state instanceof EvCacheException failure ? failure : null;
    }

    /** Has the receiver told once this settles; at once, on this thread, if it has settled. Several receivers are told in the order of registration. */
    public final void receive(Receiver<? super T> receiver) {
        Objects.requireNonNull(receiver, "receiver");
        if (!await(receiver)) {
            tell(receiver);
        }
    }

    /**
     * Parks the calling thread until this settles or the deadline passes. An expired caller leaves, settling this as timed out; the
     * transport keeps the place of the answer in its order, so a late reply goes to nobody.
     *
     * @return the value
     * @throws EvCacheException the failure, with the calling thread's stack trace
     * @throws IllegalStateException on a thread that must not block because it settles the answers of others
     */
    public final T await(Deadline deadline) {
        if (!isOutcome(state)) {
            park(deadline);
        }
        EvCacheException failure = failure();
        if (failure != null) {
            throw failure.atCaller();
        }
        return Objects.requireNonNull(value());
    }

    /** Returns one of the caller's own that settles as this one does. Who waits for it and leaves settles it alone, and no other's wait. Costs two objects while this is open, none afterwards. */
    @SuppressWarnings("unchecked") // outcomes of this are those of a T
    public final Pending<T> own() {
        if (isSettled()) {
            return this;
        }
        Pending<T> own = new Pending<>();
        receive(settled -> own.settle(Objects.requireNonNull(((Pending<T>) settled).state)));
        return own;
    }

    /** Returns a future that settles with this, on the same thread. Costs a few objects; cancelling it does not take the command back. */
    public final CompletableFuture<T> toFuture() {
        CompletableFuture<T> future = new CompletableFuture<>();
        receive(settled -> {
            EvCacheException failure = settled.failure();
            if (failure != null) {
                future.completeExceptionally(failure);
            } else {
                future.complete(settled.value());
            }
        });
        return future;
    }

    /** The failure of a caller that waited past its deadline. A transport overrides it to name the node, the key and how much is in flight. */
    protected EvCacheException expired(Deadline deadline) {
        return new DeadlineExceeded("no answer within " + deadline.allowed().toMillis() + " ms", true);
    }

    /** The failure of a caller that was interrupted while it waited. */
    protected EvCacheException interrupted() {
        return new CallInterrupted("interrupted while waiting for an answer");
    }

    private void park(Deadline deadline) {
        Thread self = Thread.currentThread();
        Waiting.checkMayBlock();
        Waiting.poll(this, deadline);
        if (!await(self)) {
            return;
        }
        boolean interrupted = false;
        AlarmClock.Alarm alarm = null;
        while (!isOutcome(state)) {
            long left = deadline.remainingNanos();
            if (left <= 0) {
                settle(expired(deadline));
            } else if (Thread.interrupted()) {
                interrupted = true;
                settle(interrupted());
            } else {
                alarm = sleep(self, left, alarm);
            }
        }
        if (interrupted) {
            self.interrupt();
        }
    }

    /** Parks until this settles, or for so long. Returns the alarm of a virtual thread, which goes on if something else has woken it up. */
    private AlarmClock.@Nullable Alarm sleep(Thread self, long nanos, AlarmClock.@Nullable Alarm alarm) {
        AlarmClock.Alarm set = alarm;
        if (VirtualThreads.isVirtual(self) && (set == null || set.hasRung())) {
            set = AlarmClock.SHARED.set(this, self, nanos);
        }
        if (set == null) {
            LockSupport.parkNanos(this, nanos);
        } else {
            LockSupport.park(this);
        }
        return set;
    }

    /** Registers the waiter, or returns {@code false} if this has settled. */
    private boolean await(Object waiter) {
        while (true) {
            Object now = state;
            if (isOutcome(now)) {
                return false;
            }
            Object next = now == null ? waiter : new Waiters(now, waiter);
            if (STATE.compareAndSet(this, now, next)) {
                return true;
            }
        }
    }

    private boolean settle(Object outcome) {
        while (true) {
            Object now = state;
            if (isOutcome(now)) {
                return false;
            }
            if (STATE.compareAndSet(this, now, outcome)) {
                wake(now);
                return true;
            }
        }
    }

    private void wake(@Nullable Object waiter) {
        if (!(waiter instanceof Waiters both)) {
            wakeOne(waiter);
        } else if (!(both.earlier instanceof Waiters)) {
            wakeOne(both.earlier); // an observer and a blocked caller: every blocking call of a client with metrics
            wakeOne(both.latest);
        } else {
            wakeAll(both);
        }
    }

    /** Tells everybody, the earliest first. A loop rather than a recursion: there may be more waiters than the stack is deep. */
    private void wakeAll(Waiters waiting) {
        ArrayDeque<Object> all = new ArrayDeque<>();
        Object at = waiting;
        while (at instanceof Waiters waiters) {
            all.push(waiters.latest);
            at = waiters.earlier;
        }
        wakeOne(at);
        all.forEach(this::wakeOne);
    }

    @SuppressWarnings("unchecked") // only receivers of T register
    private void wakeOne(@Nullable Object waiter) {
        if (waiter instanceof Receiver<?> receiver) {
            tell((Receiver<? super T>) receiver);
        } else if (waiter instanceof Thread thread) {
            LockSupport.unpark(thread);
        }
    }

    private void tell(Receiver<? super T> receiver) {
        try {
            receiver.settled(this);
        } catch (Throwable e) { // also a checked one that somebody threw without declaring it
            LOG.error("A receiver failed; the answer stands", e);
        }
    }

    private static boolean isOutcome(@Nullable Object state) {
        return state != null
                && !(state instanceof Receiver)
                && !(state instanceof Thread)
                && !(state instanceof Waiters);
    }

    private record Waiters(Object earlier, Object latest) {}
}
