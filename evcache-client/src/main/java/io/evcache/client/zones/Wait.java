package io.evcache.client.zones;

import io.evcache.client.pipeline.WriteResult;
import io.evcache.core.command.Pending;
import io.evcache.core.command.Receiver;
import io.evcache.core.error.EvCacheException;
import io.evcache.core.time.Deadline;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One caller that waits for a decision. A promise of its own, because a caller that leaves settles what it waits on, and the decision belongs to everybody. */
final class Wait extends Pending<WriteResult> implements Receiver<WriteResult> {

    @Override
    public void settled(Pending<? extends WriteResult> decided) {
        WriteResult result = decided.value();
        if (result != null) {
            complete(result);
        } else {
            fail(Objects.requireNonNull(
                    decided.failure())); // another caller was interrupted while waiting on the decision itself
        }
    }

    /** Returns the decision; null if the deadline passed first or the thread was interrupted, whose flag is set then. */
    @Nullable
    WriteResult result(Deadline deadline) {
        try {
            return await(deadline);
        } catch (EvCacheException e) {
            return null;
        }
    }
}
