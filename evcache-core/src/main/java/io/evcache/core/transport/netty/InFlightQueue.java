package io.evcache.core.transport.netty;

import java.util.ArrayDeque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The commands that were sent and not answered, oldest first: the next reply belongs to the head. A caller whose deadline passed leaves, but its call stays here as
 * a place-holder until its reply has come, else every later reply would go to the wrong caller. Confined to the event loop.
 */
final class InFlightQueue {
    private final ArrayDeque<Call<?>> calls = new ArrayDeque<>(256);

    void add(Call<?> call) {
        calls.add(call);
    }

    @Nullable
    Call<?> peek() {
        return calls.peek();
    }

    @Nullable
    Call<?> poll() {
        return calls.poll();
    }

    boolean isEmpty() {
        return calls.isEmpty();
    }

    /**
     * Settles every call whose deadline lies before {@code now}. Deadlines differ, so the whole queue is looked at, a few ns for each.
     *
     * @return how many callers have left and still have no reply, those who left by themselves included
     */
    int expire(long now) {
        int orphans = 0;
        for (Call<?> call : calls) {
            call.expire(now);
            if (call.deadline.isBefore(now)) {
                orphans++;
            }
        }
        return orphans;
    }

    /** Returns how many of the expired had their whole time while the server was silent. */
    int unheard(long now, long silenceNanos) {
        int unheard = 0;
        for (Call<?> call : calls) {
            if (call.deadline.isBefore(now) && call.deadline.allowed().toNanos() <= silenceNanos) {
                unheard++;
            }
        }
        return unheard;
    }

    void drain(Consumer<Call<?>> to) {
        for (Call<?> call = calls.poll(); call != null; call = calls.poll()) {
            to.accept(call);
        }
    }
}
