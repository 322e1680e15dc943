package io.evcache.core.zone;

import io.evcache.core.time.Deadline;
import io.evcache.core.value.Ttl;

/** How long chunks live: a little longer than their manifest, which is stored after them, so that it never points to chunks that have just expired. */
final class ChunkTtl {

    /** memcached counts in whole seconds, on a clock that ticks once in each. */
    private static final long ROUNDING_SECONDS = 2;

    private ChunkTtl() {}

    static Ttl of(Ttl ttl, Deadline deadline) {
        if (ttl.isNone()) {
            return ttl;
        }
        long seconds = ttl.seconds() + deadline.allowed().toSeconds() + ROUNDING_SECONDS;
        return Ttl.ofSeconds(Math.min(seconds, Ttl.MAX.toSeconds()));
    }
}
