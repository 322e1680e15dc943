package io.evcache.client.zones;

import io.evcache.client.pipeline.WriteResult;
import io.evcache.core.command.Pending;
import io.evcache.core.command.Receiver;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/** The future of a write's decision, its receiver and the task that completes it: one object, as there are many of them. */
final class Decision extends CompletableFuture<WriteResult> implements Receiver<WriteResult>, Runnable {
    /** Cleared with the decision: a future that is kept does not keep the write. */
    private @Nullable Tally tally;

    Decision(Tally tally) {
        this.tally = tally;
    }

    @Override
    public void settled(Pending<? extends WriteResult> decided) {
        try {
            Objects.requireNonNull(tally).callbacks().execute(this);
        } catch (RejectedExecutionException e) {
            run(); // the executor is closed or full: late is worse than here
        }
    }

    @Override
    public void run() {
        Tally decided = tally;
        if (decided != null) {
            tally = null;
            WriteResult decision = decided.value();
            // A caller that was interrupted while it waited on the decision itself has failed it.
            complete(decision == null ? decided.now() : decision);
        }
    }
}
