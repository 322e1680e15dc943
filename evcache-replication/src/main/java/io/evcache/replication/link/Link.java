package io.evcache.replication.link;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A way to the agent of one other region. For any thread. */
public interface Link extends AutoCloseable {

    /** Returns whether a batch that is sent now would leave. */
    boolean isReady();

    /** Has the listener run each time the link becomes ready, on a thread that it must not block; at once if it is ready now. One listener only; a later one replaces it. */
    void onReady(Runnable listener);

    /**
     * Sends a batch.
     *
     * @param entries at least one; together with their headers within {@link #maxBatchBytes()}
     * @param readAtNanos when the oldest of the values was read, by the ticker that the link was made with
     * @return completes with one outcome per entry, or with a {@link LinkFailure} once it is known that no answer will come; on the link's thread
     */
    CompletableFuture<BatchAck> send(List<BatchEntry> entries, long readAtNanos);

    /** Returns how many bytes the entries of one batch may have. */
    int maxBatchBytes();

    /** Ends it; what is not acknowledged fails. Repeating it does nothing. */
    @Override
    void close();
}
