package io.evcache.client.metrics;

import io.evcache.client.pipeline.ReadResult;
import io.evcache.client.pipeline.WriteResult;
import io.evcache.client.pipeline.ZoneOutcome;
import io.evcache.core.command.Lookup;
import io.evcache.core.error.DeadlineExceeded;
import io.evcache.core.error.EvCacheException;
import io.evcache.core.error.NodeUnavailable;
import io.evcache.core.error.NodeUnavailable.Reason;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How a call ended, as a tag. */
enum Outcome {
    HIT,
    MISS,
    DONE,
    REFUSED,
    TIMEOUT,
    OVERLOADED,
    ERROR;

    private final String tag = name().toLowerCase(Locale.ROOT);

    String tag() {
        return tag;
    }

    static Outcome of(ReadResult result) {
        return result.lookup() instanceof Lookup.Hit ? HIT : MISS;
    }

    static Outcome of(EvCacheException failure) {
        if (failure instanceof DeadlineExceeded) {
            return TIMEOUT;
        }
        return failure instanceof NodeUnavailable unavailable && unavailable.reason() == Reason.OVERLOADED
                ? OVERLOADED
                : ERROR;
    }

    /** Of a write whose policy is not met the first failure decides, then a server that said no; without either, zones have not answered in time. */
    static Outcome of(WriteResult result) {
        if (result.isMet()) {
            return DONE;
        }
        EvCacheException failure = failure(result);
        if (failure != null) {
            return of(failure);
        }
        if (!result.zones(ZoneOutcome.Status.REFUSED).isEmpty()) {
            return REFUSED;
        }
        return result.zones().isEmpty() ? ERROR : TIMEOUT;
    }

    static @Nullable EvCacheException failure(WriteResult result) {
        for (ZoneOutcome zone : result.zones()) {
            if (zone.failure() != null) {
                return zone.failure();
            }
        }
        return null;
    }
}
