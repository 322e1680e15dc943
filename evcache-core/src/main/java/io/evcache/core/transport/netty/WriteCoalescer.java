package io.evcache.core.transport.netty;

import io.netty.channel.EventLoop;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Hands calls from many threads to the event loop: a lock-free stack of the calls themselves. Only the producer that finds it empty wakes the loop, so a burst costs one
 * wake-up, and a lone request is not delayed. The loop takes everything at once; see {@link Backlog}.
 *
 * <p>The stack is intrusive: queueing allocates nothing.
 */
final class WriteCoalescer {
    private final AtomicReference<@Nullable Call<?>> newest = new AtomicReference<>();
    private final EventLoop loop;
    private final Runnable drain;

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

    /** Takes everything, youngest first, linked by {@link Call#next}. From any thread. */
    @Nullable
    Call<?> takeAll() {
        return newest.getAndSet(null);
    }

    /** Takes what was submitted and not yet seen by the loop, youngest first. From any thread, for when the loop is gone. */
    void drainSubmitted(Consumer<Call<?>> to) {
        Call<?> call = takeAll();
        while (call != null) {
            Call<?> older = call.next;
            to.accept(call);
            call = older;
        }
    }
}
