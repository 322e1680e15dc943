package io.evcache.core.transport.netty;

import io.netty.channel.EventLoop;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Hands calls from many threads to the event loop: a lock-free stack of the calls themselves. Only the producer that finds it empty wakes the loop, so a burst costs one
 * wake-up, and a lone request is not delayed. The loop takes everything at once and turns it into first-in-first-out order.
 *
 * <p>The stack is intrusive: queueing allocates nothing.
 */
final class WriteCoalescer {
    private final AtomicReference<@Nullable Call<?>> newest = new AtomicReference<>();
    private final EventLoop loop;
    private final Runnable drain;

    /** Taken from the stack and not yet written, oldest first. Confined to the event loop. */
    private @Nullable Call<?> waiting;

    private @Nullable Call<?> lastWaiting;

    /**
     * Creates an empty one.
     *
     * @param drain runs on the loop after something was submitted
     */
    WriteCoalescer(EventLoop loop, Runnable drain) {
        this.loop = loop;
        this.drain = drain;
    }

    /** Queues the call. From any thread. Throws if the loop has been shut down and nobody will ever drain. */
    void submit(Call<?> call) throws RejectedExecutionException {
        Call<?> before;
        do {
            before = newest.get();
            call.next = before;
        } while (!newest.compareAndSet(before, call));
        if (before == null) {
            loop.execute(drain);
        }
    }

    /** Removes and returns the oldest call, or {@code null}. On the event loop. */
    @Nullable
    Call<?> poll() {
        if (waiting == null) {
            takeAll();
        }
        Call<?> first = waiting;
        if (first != null) {
            waiting = first.next;
            first.next = null;
            if (waiting == null) {
                lastWaiting = null;
            }
        }
        return first;
    }

    /** Settles the expired among the calls that wait for a writable socket. On the event loop. */
    void expire(long now) {
        takeAll();
        for (Call<?> call = waiting; call != null; call = call.next) {
            call.expire(now);
        }
    }

    /** Takes what was submitted and not yet seen by the loop, youngest first. From any thread, for when the loop is gone. */
    void drainSubmitted(Consumer<Call<?>> to) {
        Call<?> call = newest.getAndSet(null);
        while (call != null) {
            Call<?> older = call.next;
            to.accept(call);
            call = older;
        }
    }

    /** Empties the queue. On the event loop. */
    void drain(Consumer<Call<?>> to) {
        for (Call<?> call = poll(); call != null; call = poll()) {
            to.accept(call);
        }
    }

    private void takeAll() {
        Call<?> call = newest.getAndSet(null);
        Call<?> last = call;
        Call<?> first = null;
        while (call != null) {
            Call<?> older = call.next;
            call.next = first;
            first = call;
            call = older;
        }
        if (first == null) {
            return;
        }
        if (lastWaiting == null) {
            waiting = first;
        } else {
            lastWaiting.next = first;
        }
        lastWaiting = last;
    }
}
