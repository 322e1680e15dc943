package io.evcache.client.zones;

import io.evcache.client.pipeline.WriteResult;
import io.evcache.core.command.Pending;
import io.evcache.core.command.Receiver;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/** The future of a write's decision, its receiver and the task that completes it: one object, as there are many of them. */
final class Decision extends CompletableFuture<WriteResult> implements Receiver<WriteResult>, Runnable {
    private final Executor callbacks;

    /** Cleared with the hand-off: a future that is kept does not keep the write. */
    private @Nullable Tally tally;

    private @Nullable WriteResult result;

    Decision(Tally tally, Executor callbacks) {
        this.tally = tally;
        this.callbacks = callbacks;
    }

    @Override
    public void settled(Pending<? extends WriteResult> decided) {
        WriteResult decision = decided.value();
        // A caller that was interrupted while it waited on the decision itself has failed it.
        result = decision == null && tally != null ? tally.now() : decision;
        tally = null;
        try {
            callbacks.execute(this);
        } catch (RejectedExecutionException e) {
            run(); // the executor is closed or full: late is worse than here
        }
    }

    @Override
    public void run() {
        WriteResult decision = result;
        result = null;
        complete(decision);
    }
}
