package io.evcache.core.command;

import io.evcache.core.time.Deadline;
import org.jspecify.annotations.Nullable;

/**
 * Says that the calling thread will wait, with {@link Pending#await}, for the answers to what it sends, so that a transport may let it read its own answer. Sync faces of a client open one around sending and
 * awaiting; who sends without one is told by a thread of the transport. It only ever makes a wait cheaper: whoever opens one and does not wait loses a moment.
 *
 * <pre>{@code
 * Waiting.begin();
 * try {
 *     return route.send(command, deadline).await(deadline);
 * } finally {
 *     Waiting.end();
 * }
 * }</pre>
 *
 * <p>Of one thread, and not for others. May be nested.
 */
public final class Waiting {
    private static final ThreadLocal<Waiting> OWN = ThreadLocal.withInitial(Waiting::new);

    private int depth;
    private @Nullable Poller poller;
    private boolean polls;

    private Waiting() {}

    /** The calling thread will wait for what it sends from now on. Of no effect on a virtual thread, which cannot read a socket without holding its carrier up. */
    public static void begin() {
        if (!VirtualThreads.isVirtual(Thread.currentThread())) {
            OWN.get().depth++;
        }
    }

    /** Ends what the calling thread has {@linkplain #begin begun}. */
    public static void end() {
        if (VirtualThreads.isVirtual(Thread.currentThread())) {
            return;
        }
        Waiting own = OWN.get();
        own.depth--;
        Poller promised = own.poller;
        if (promised != null) {
            own.poller = null;
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

    /** Has the thread {@linkplain Poller#poll poll} as soon as it waits. Returns {@code false} if it will for somebody else. */
    public boolean willPoll(Poller wanted) {
        if (poller == null) {
            poller = wanted;
        }
        return poller == wanted;
    }

    /** Does what the calling thread has promised, if anything. */
    static void poll(Thread self, Pending<?> awaited, Deadline deadline) {
        if (VirtualThreads.isVirtual(self)) {
            return;
        }
        Waiting own = OWN.get();
        if (own.polls) {
            throw new IllegalStateException("blocking call on " + self.getName()
                    + ", which delivers the answers while it waits for its own; use the async API");
        }
        Poller promised = own.poller;
        if (promised != null) {
            own.poller = null;
            own.polls = true;
            try {
                promised.poll(awaited, deadline);
            } finally {
                own.polls = false;
            }
        }
    }
}
