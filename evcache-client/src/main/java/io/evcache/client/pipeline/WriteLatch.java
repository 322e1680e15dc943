package io.evcache.client.pipeline;

import io.evcache.core.command.Pending;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A write on its way to all zones. Two things happen, in this order and possibly at once: it is <em>decided</em> (enough zones took it, or too few still can), and it is
 * <em>settled</em> (every zone has answered, failed or run out of time). For any thread; who only wants the decision need not keep it.
 */
public interface WriteLatch {

    /**
     * Returns what the caller waits for: settles with the result as soon as the policy is met or cannot be met any more, at the latest a few milliseconds after the write's deadline. Never fails: a
     * policy that was not met is a result whose {@link WriteResult#isMet()} is {@code false}.
     */
    Pending<WriteResult> decided();

    /**
     * Returns what follows the write waits for: settles once no zone can change its mind. Never fails. Each call returns one of its own: a caller that waits for it and leaves, since its deadline has passed or it was interrupted, has an
     * exception, and the others hear of the result.
     */
    Pending<WriteResult> settled();

    /** Returns what is known now. */
    WriteResult now();

    /**
     * Waits until the write is decided, at most so long. An interrupt ends the wait, with the interrupt flag set again; the write goes on.
     *
     * @param timeout zero or less: looks at what is known now, and does not wait
     * @return whether the policy was met within the time
     * @throws IllegalStateException on an event loop, which must not wait
     */
    boolean await(Duration timeout);

    /** Returns a future that completes when the write is decided, on the client's callback executor; never exceptionally. */
    CompletableFuture<WriteResult> toCompletableFuture();

    /** Returns what each zone has said so far, in the order of the topology. */
    default List<ZoneOutcome> byZone() {
        return now().zones();
    }

    /** Returns how many counted zones have taken the write so far. */
    default int succeeded() {
        return now().succeeded();
    }

    /** Returns how many counted zones must take it. */
    default int expected() {
        return now().required();
    }
}
