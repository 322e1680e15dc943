package io.evcache.core.transport.netty;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Who may write to a socket now: the event loop, one caller, or, once it is being closed, nobody any more. Whoever has the turn keeps the descriptor open, because closing it needs the turn
 * too, and waits: the number of a closed descriptor may be that of another connection a moment later.
 *
 * <p>Nobody waits for a turn but who closes, and that for one system call that does not block. What the holder has written is visible to the next one.
 */
final class Turn {
    private static final int FREE = 0;
    private static final int CALLER = 1;
    /** A caller has it, and the loop was turned away meanwhile. */
    private static final int CALLER_THEN_LOOP = 2;

    private static final int LOOP = 3;
    /** A caller has it, and who closes waits for it. */
    private static final int CALLER_THEN_CLOSED = 4;

    private static final int CLOSED = 5;

    private final AtomicInteger state = new AtomicInteger();

    /** Takes the turn for a caller, unless somebody has it. */
    boolean tryCaller() {
        return state.compareAndSet(FREE, CALLER);
    }

    /** Ends a caller's turn. Returns whether the loop was turned away meanwhile and must be called now. */
    boolean endCaller() {
        if (state.compareAndSet(CALLER, FREE)) {
            return false;
        }
        return passOn(FREE);
    }

    /** Ends a caller's turn in favour of the loop, which has something to write before anybody else. Returns {@code false} if it is being closed. */
    boolean endCallerForLoop() {
        return state.compareAndSet(CALLER, LOOP) || passOn(LOOP);
    }

    private boolean passOn(int next) {
        if (state.compareAndSet(CALLER_THEN_LOOP, next)) {
            return true;
        }
        state.set(CLOSED); // who closes waits for this
        return false;
    }

    /** Takes the turn for the loop, which may have it already. Returns {@code false} if a caller has it, who will call the loop then, or if this is closed. */
    boolean tryLoop() {
        while (true) {
            int now = state.get();
            if (now == LOOP) {
                return true;
            }
            if (now == FREE) {
                if (state.compareAndSet(FREE, LOOP)) {
                    return true;
                }
            } else if (now != CALLER || state.compareAndSet(CALLER, CALLER_THEN_LOOP)) {
                return false;
            }
        }
    }

    /** Ends the loop's turn, if it has it. */
    void endLoop() {
        state.compareAndSet(LOOP, FREE);
    }

    /** Takes the turn for ever, as soon as a caller who has it has ended. */
    void close() {
        while (state.get() != CLOSED) {
            boolean waits = state.compareAndSet(CALLER, CALLER_THEN_CLOSED)
                    || state.compareAndSet(CALLER_THEN_LOOP, CALLER_THEN_CLOSED)
                    || state.get() == CALLER_THEN_CLOSED;
            if (waits) {
                LockSupport.parkNanos(this, 1_000); // the caller may need this very core
            } else if (!state.compareAndSet(FREE, CLOSED)) {
                state.compareAndSet(LOOP, CLOSED);
            }
        }
    }

    /** Returns whether somebody closes and waits for a caller. */
    boolean isCloseWaiting() {
        return state.get() == CALLER_THEN_CLOSED;
    }

    @Override
    public String toString() {
        return switch (state.get()) {
            case FREE -> "Turn(nobody)";
            case LOOP -> "Turn(loop)";
            case CLOSED -> "Turn(closed)";
            default -> "Turn(caller)";
        };
    }
}
