package io.evcache.core.zone;

import io.evcache.core.command.Command;
import io.evcache.core.command.Pending;
import io.evcache.core.command.Reply;
import io.evcache.core.command.Route;
import io.evcache.core.error.EvCacheException;
import io.evcache.core.time.Deadline;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Sends one command for each part of a large value, a few at a time, and tells once how it ended.
 *
 * <p>Nothing blocks: whoever delivers an answer sends the next part. One thread at a time does so; an answer that arrives meanwhile leaves its turn to
 * that thread, so answers that are there at once do not pile up on the stack.
 */
abstract class Parts<R extends Reply> {

    /** Enough to keep several nodes busy, and few enough for one value not to fill a connection's queue. */
    private static final int AT_ONCE = 8;

    private final Route route;
    private final Deadline deadline;
    private final int count;
    private final AtomicInteger unanswered = new AtomicInteger();
    private final AtomicInteger remaining;
    private final AtomicInteger turns = new AtomicInteger();
    private final AtomicBoolean ended = new AtomicBoolean();

    /** Confined to the thread whose turn it is. */
    private int next;

    Parts(Route route, Deadline deadline, int count) {
        this.route = route;
        this.deadline = deadline;
        this.count = count;
        this.remaining = new AtomicInteger(count);
    }

    /** What to send for a part. */
    abstract Command<R> command(int part);

    /** Takes the answer for a part, on any thread; {@code false} if it makes the whole useless. */
    abstract boolean accept(int part, R reply);

    /** All parts were accepted. Of this and the next two, one is called, once. */
    abstract void completed();

    /** A part was not accepted. */
    abstract void refused();

    abstract void failed(EvCacheException failure);

    /** Whether nobody waits for the outcome any more, so that the rest need not be sent. */
    abstract boolean isAbandoned();

    final void send() {
        if (turns.getAndIncrement() > 0) {
            return;
        }
        int taken = 1;
        do {
            while (next < count && unanswered.get() < AT_ONCE && !ended.get() && !isAbandoned()) {
                int part = next++;
                unanswered.incrementAndGet();
                route.send(command(part), deadline).receive(answer -> answered(part, answer));
            }
            taken = turns.addAndGet(-taken);
        } while (taken > 0);
    }

    private void answered(int part, Pending<? extends R> answer) {
        unanswered.decrementAndGet();
        EvCacheException failure = answer.failure();
        if (failure != null) {
            if (end()) {
                failed(failure);
            }
        } else if (!accept(part, Objects.requireNonNull(answer.value()))) {
            if (end()) {
                refused();
            }
        } else if (remaining.decrementAndGet() > 0) {
            send();
        } else if (end()) {
            completed();
        }
    }

    private boolean end() {
        return ended.compareAndSet(false, true);
    }
}
