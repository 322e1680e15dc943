package io.evcache.core.transport.netty;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The calls of one connection that are not written yet, first in, first out: what the loop has taken over from the {@link WriteCoalescer}, and behind it what callers put there. Apart from that, because the loop writes here for
 * each call while callers read there for each of theirs, and two cores would take turns with one cache line. Confined to the event loop.
 */
final class Backlog {
    private final WriteCoalescer coalescer;

    /** The oldest; linked to the younger ones. */
    private @Nullable Call<?> first;

    private @Nullable Call<?> last;

    Backlog(WriteCoalescer coalescer) {
        this.coalescer = coalescer;
    }

    /** Removes and returns the oldest call, or {@code null}. */
    @Nullable
    Call<?> poll() {
        if (first == null) {
            takeOver();
        }
        Call<?> oldest = first;
        if (oldest != null) {
            first = oldest.next;
            oldest.next = null;
            if (first == null) {
                last = null;
            }
        }
        return oldest;
    }

    /** Settles the expired. */
    void expire(long now) {
        takeOver();
        for (Call<?> call = first; call != null; call = call.next) {
            call.expire(now);
        }
    }

    /** Removes all calls, in order. */
    void drain(Consumer<Call<?>> to) {
        for (Call<?> call = poll(); call != null; call = poll()) {
            to.accept(call);
        }
    }

    private void takeOver() {
        Call<?> youngest = coalescer.takeAll();
        Call<?> oldest = null;
        for (Call<?> call = youngest; call != null; ) {
            Call<?> older = call.next;
            call.next = oldest;
            oldest = call;
            call = older;
        }
        if (oldest == null) {
            return;
        }
        if (last == null) {
            first = oldest;
        } else {
            last.next = oldest;
        }
        last = youngest;
    }
}
