package io.evcache.core.transport.netty;

import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** Calls in order, linked by themselves: {@link Call#next}. So a call is in one of these at a time, or on its way to the first. For one thread at a time. */
final class CallQueue {
    private @Nullable Call<?> first;
    private @Nullable Call<?> last;

    boolean isEmpty() {
        return first == null;
    }

    /** Appends a call that is in no queue. */
    void add(Call<?> call) {
        if (last == null) {
            first = call;
        } else {
            last.next = call;
        }
        last = call;
    }

    /** Appends calls that are in no queue and linked already, from the oldest to the youngest. */
    void addAll(Call<?> oldest, Call<?> youngest) {
        add(oldest);
        last = youngest;
    }

    /** Returns the oldest, which stays; {@code null} if there is none. The next younger one is its {@code next}. */
    @Nullable
    Call<?> peek() {
        return first;
    }

    /** Removes and returns the oldest; {@code null} if there is none. */
    @Nullable
    Call<?> poll() {
        Call<?> call = first;
        if (call != null) {
            first = call.next;
            call.next = null;
            if (first == null) {
                last = null;
            }
        }
        return call;
    }

    /** Removes and returns the oldest, which is there. */
    Call<?> remove() {
        Call<?> call = poll();
        if (call == null) {
            throw new NoSuchElementException("no call is left");
        }
        return call;
    }
}
