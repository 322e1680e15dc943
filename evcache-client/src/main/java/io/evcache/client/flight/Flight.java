package io.evcache.client.flight;

import io.evcache.core.command.Waiting;
import io.evcache.core.error.CallInterrupted;
import io.evcache.core.error.DeadlineExceeded;
import io.evcache.core.error.EvCacheException;
import io.evcache.core.time.Deadline;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One piece of work that several callers wait for. It has one outcome, a value, null or an exception, which all of them get. Thread-safe.
 *
 * @param <V> what it brings
 */
public final class Flight<V> {
    private final CompletableFuture<@Nullable V> outcome = new CompletableFuture<>();
    private final AtomicBoolean led = new AtomicBoolean();
    /** Futures of callers who have not left. */
    private final Set<CompletableFuture<@Nullable V>> followers = ConcurrentHashMap.newKeySet();

    /** Settled by whoever is first. */
    private final AtomicReference<Interest> interest = new AtomicReference<>(Interest.UNKNOWN);

    /** What everybody gets in the place of a failure, if there is something. */
    private volatile @Nullable Supplier<@Nullable V> instead;

    private volatile boolean outdated;
    private volatile boolean urgent;
    private volatile @Nullable Thread worker;

    private enum Interest {
        UNKNOWN,
        THERE,
        NONE
    }

    Flight() {}

    /** Returns {@code true} to exactly one caller, who then does the work. */
    public boolean tryLead() {
        return !led.get() && led.compareAndSet(false, true);
    }

    /** Returns whether somebody does the work, or is about to. */
    public boolean isLed() {
        return led.get();
    }

    /** Says that the caller is going to wait for the outcome. Returns {@code false} if the work has been {@linkplain #tryGiveUp given up}: another flight is to be joined then. */
    public boolean tryFollow() {
        return interest.compareAndSet(Interest.UNKNOWN, Interest.THERE) || interest.get() == Interest.THERE;
    }

    /** Gives the work up, unless somebody is going to wait for it. Returns whether it is given up. */
    public boolean tryGiveUp() {
        return interest.compareAndSet(Interest.UNKNOWN, Interest.NONE);
    }

    /** Says that the work is being done by the calling thread, which could wait for itself otherwise; {@link #worked} says that it no longer is. */
    public void working() {
        worker = Thread.currentThread();
    }

    /** See {@link #working}. */
    public void worked() {
        worker = null;
    }

    /** Brings the value, or null, to everybody. Only the first outcome counts. */
    public void complete(@Nullable V value) {
        outcome.complete(value);
        followers.forEach(this::tell);
    }

    /** Brings the failure to everybody. Only the first outcome counts. */
    public void fail(Throwable failure) {
        outcome.completeExceptionally(failure);
        followers.forEach(this::tell);
    }

    /** Has everybody get this value, or null, in the place of a failure. Of several one counts. */
    public void instead(@Nullable V value) {
        instead = () -> value;
    }

    /** Returns whether everybody gets a value even if the work fails. */
    public boolean hasInstead() {
        return instead != null;
    }

    /** Returns whether there is an outcome. */
    public boolean isDone() {
        return outcome.isDone();
    }

    /** Says that other work waits for this one. */
    public void hurry() {
        urgent = true;
    }

    /** Returns whether other work waits for this one. Never becomes {@code false} again. */
    public boolean isUrgent() {
        return urgent;
    }

    /** Returns whether the data has changed since the work began, or may have: what it brings must not be kept. Never becomes {@code false} again. */
    public boolean isOutdated() {
        return outdated;
    }

    void outdate() {
        outdated = true;
    }

    /**
     * Waits for the outcome, at most until the deadline, which ends this wait and not the work.
     *
     * @param what is waited for, for messages
     * @throws DeadlineExceeded if there was none in time
     * @throws CallInterrupted if the thread was interrupted; its flag is set again
     * @throws IllegalStateException if the calling thread is the one that does the work, or an event loop
     * @throws RuntimeException the failure, the same object for everybody, if it is unchecked; an {@link EvCacheException} as a copy with the caller's stack trace; otherwise {@link LoadFailure} with the failure as its cause
     */
    public @Nullable V await(Deadline deadline, Object what) {
        if (!outcome.isDone()) {
            checkThread(what);
        }
        try {
            return outcome.get(Math.max(0, deadline.remainingNanos()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new DeadlineExceeded(
                            what + " was not loaded within "
                                    + deadline.allowed().toMillis() + " ms; the load goes on",
                            false)
                    .atCaller();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CallInterrupted("interrupted while waiting for " + what + " to be loaded; the load goes on", e);
        } catch (ExecutionException e) {
            Supplier<@Nullable V> other = instead;
            if (other == null) {
                throw thrown(e.getCause() == null ? e : e.getCause(), what);
            }
            return other.get();
        }
    }

    /**
     * Throws if the calling thread must not wait for this flight.
     *
     * @throws IllegalStateException if it does its work, or is an event loop
     */
    public void checkThread(Object what) {
        if (worker == Thread.currentThread()) {
            throw new IllegalStateException("the load of " + what + " asks for itself");
        }
        Waiting.checkMayBlock();
    }

    /** Returns the outcome as a future of its own: cancelling or completing it changes nothing here, and nothing of it is kept then. A failure is the cause of a {@link CompletionException}. */
    @SuppressWarnings("CollectionUndefinedEquality") // a future is who it is
    public CompletableFuture<@Nullable V> future() {
        CompletableFuture<@Nullable V> own = new CompletableFuture<>();
        followers.add(own);
        own.whenComplete((value, failure) -> followers.remove(own));
        if (outcome.isDone()) {
            tell(own);
        }
        return own;
    }

    private void tell(CompletableFuture<@Nullable V> follower) {
        outcome.whenComplete((value, failure) -> {
            Supplier<@Nullable V> other = instead;
            if (failure == null) {
                follower.complete(value);
            } else if (other != null) {
                follower.complete(other.get());
            } else {
                follower.completeExceptionally(new CompletionException(failure));
            }
        });
    }

    /** Returns how many futures have neither been told nor left. */
    public int followers() {
        return followers.size();
    }

    /**
     * Returns what a caller is thrown for a failure.
     *
     * @throws Error the failure, if it is one
     */
    public static RuntimeException thrown(Throwable failure, Object what) {
        if (failure instanceof EvCacheException own) {
            return own.atCaller();
        }
        if (failure instanceof Error error) {
            throw error;
        }
        return failure instanceof RuntimeException unchecked
                ? unchecked
                : new LoadFailure("the loader of " + what + " threw " + failure, failure);
    }
}
