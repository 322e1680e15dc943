package io.evcache.core.command;

import io.evcache.core.time.Deadline;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Says that the calling thread will wait, with {@link Pending#await}, for the answers to what it sends, so that a transport may let it read its own answer. Sync faces of a client put sending and awaiting into one; who sends
 * without is told by a thread of the transport:
 *
 * <pre>{@code Waiting.during(() -> route.send(command, deadline).await(deadline))}</pre>
 *
 * <p>It only ever makes a wait cheaper, and changes no answer. May be nested. Of no effect on a virtual thread, which cannot read a socket without holding its carrier up.
 */
public final class Waiting {
    private static final ThreadLocal<Waiting> OWN = ThreadLocal.withInitial(Waiting::new);

    private int depth;
    private @Nullable Poller poller;

    /** Of what was sent through the poller, the first. */
    private @Nullable Deadline earliest;

    private boolean polls;

    private Waiting() {}

    /** Returns what the work returns, and throws what it throws. The work sends, and waits for all that it sends; what it does not wait for is answered all the same. */
    public static <T extends @Nullable Object> T during(Supplier<T> work) {
        if (VirtualThreads.isVirtual(Thread.currentThread())) {
            return work.get();
        }
        Waiting own = OWN.get();
        own.depth++;
        try {
            return work.get();
        } finally {
            own.end();
        }
    }

    private void end() {
        depth--;
        Poller promised = poller;
        if (promised != null) {
            poller = null;
            earliest = null;
            promised.leave();
        }
    }

    /** Returns that of the calling thread if it has one open and can be given a job. For transports. */
    public static @Nullable Waiting current() {
        if (VirtualThreads.isVirtual(Thread.currentThread())) {
            return null;
        }
        Waiting own = OWN.get();
        return own.depth > 0 && !own.polls ? own : null;
    }

    /**
     * Has the thread {@linkplain Poller#poll poll} as soon as it waits. Returns {@code false} if it will for somebody else.
     *
     * @param deadline of what it has sent
     */
    public boolean willPoll(Poller wanted, Deadline deadline) {
        if (poller == null) {
            poller = wanted;
            earliest = deadline;
        } else if (poller != wanted) {
            return false;
        } else if (earliest != null && deadline.remainingNanos() < earliest.remainingNanos()) {
            earliest = deadline;
        }
        return true;
    }

    /**
     * Refuses a wait on a thread that must not: one that delivers answers, always or while it waits for its own.
     *
     * @throws IllegalStateException if the calling thread is such a one
     */
    public static void checkMayBlock() {
        Thread self = Thread.currentThread();
        boolean polls = !VirtualThreads.isVirtual(self) && OWN.get().polls;
        if (polls || self instanceof MustNotBlock) {
            throw new IllegalStateException("blocking call on " + self.getName() + ", which delivers the answers"
                    + (polls ? " while it waits for its own" : "") + "; use the async API");
        }
    }

    /** Does what the calling thread has promised, if anything. */
    static void poll(Pending<?> awaited, Deadline deadline) {
        if (VirtualThreads.isVirtual(Thread.currentThread())) {
            return;
        }
        Waiting own = OWN.get();
        Poller promised = own.poller;
        Deadline first = own.earliest;
        if (promised != null && first != null) {
            own.poller = null;
            own.earliest = null;
            own.polls = true;
            try {
                promised.poll(awaited, deadline, first);
            } finally {
                own.polls = false;
            }
        }
    }
}
