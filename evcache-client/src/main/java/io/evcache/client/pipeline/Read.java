package io.evcache.client.pipeline;

import io.evcache.core.command.Get;
import io.evcache.core.command.Lookup;
import io.evcache.core.error.EvCacheException;
import io.evcache.core.time.Deadline;
import org.jspecify.annotations.Nullable;

/**
 * One logical read: which cache, what to ask, in which zones, until when.
 *
 * @param cache the name of the cache, for metrics and interceptors
 * @param command the key, and what to tell of it
 * @param policy which zones may answer
 * @param deadline covers all zones that are asked
 * @param attempts is told about each zone; null: nobody is
 */
public record Read(
        String cache,
        Get command,
        ReadPolicy policy,
        Deadline deadline,
        @Nullable AttemptListener attempts) {

    /** A read whose zones nobody is told about. */
    public Read(String cache, Get command, ReadPolicy policy, Deadline deadline) {
        this(cache, command, policy, deadline, null);
    }

    /** Returns whether it counts as use of the item, on the server and in statistics; otherwise it is a look, as those of a caller who waits for another's load. */
    public boolean isUse() {
        return command.wants().bump();
    }

    /** Returns this read by another policy. */
    public Read withPolicy(ReadPolicy policy) {
        return new Read(cache, command, policy, deadline, attempts);
    }

    /** Returns this read, of whose zones the listener is told as well. For interceptors that trace. */
    public Read heardBy(AttemptListener listener) {
        return new Read(cache, command, policy, deadline, attempts == null ? listener : new Both(attempts, listener));
    }

    private record Both(AttemptListener first, AttemptListener second) implements AttemptListener {
        @Override
        public void answered(String zone, Lookup lookup) {
            try {
                first.answered(zone, lookup);
            } finally {
                second.answered(zone, lookup);
            }
        }

        @Override
        public void failed(String zone, EvCacheException failure) {
            try {
                first.failed(zone, failure);
            } finally {
                second.failed(zone, failure);
            }
        }
    }
}
