package io.evcache.client.load;

import io.evcache.core.command.Get;
import io.evcache.core.command.Lease;
import io.evcache.core.command.Lookup;
import io.evcache.core.value.Ttl;

/**
 * What a value that was found is still good for. Values may be kept in the cache for some time after their life has ended, to be served should the load fail; and during the last part of their life one reader is elected to
 * reload them. The server counts the time and elects; nothing is kept beside the value.
 */
final class Freshness {
    private final int keptSeconds;
    private final Get.Wants wants;

    /** What to do with what a read found. */
    enum Verdict {
        /** There is nothing. */
        MISS,
        /** Serve it. */
        SERVE,
        /** Serve it; this caller is the one to reload it. */
        SERVE_AND_REFRESH,
        /** Its life is over: load, and serve it only if that fails. */
        EXPIRED
    }

    /**
     * Creates the rules of one cache.
     *
     * @param ttl how long values are good
     * @param refreshAhead the part of the life after which one reader reloads; 0 for none
     * @param keptSeconds how long values are kept for failing loads after their life; 0 for not at all
     */
    Freshness(Ttl ttl, double refreshAhead, int keptSeconds) {
        this.keptSeconds = keptSeconds;
        Get.Wants wanted = keptSeconds > 0 ? Get.Wants.VALUE.withTtl() : Get.Wants.VALUE;
        if (refreshAhead > 0) {
            long lastPart = Math.max(1, Math.round(ttl.seconds() * (1 - refreshAhead)));
            wanted = wanted.withRecache(Math.toIntExact(lastPart + keptSeconds));
        }
        this.wants = wanted;
    }

    /** Returns what a read asks for, so that it can be judged. */
    Get.Wants wants() {
        return wants;
    }

    /** Returns what is asked of every zone before a load. Elects nobody to refresh, as the load does that. */
    Get.Wants wantsOfClaim() {
        return (keptSeconds > 0 ? Get.Wants.VALUE.withTtl() : Get.Wants.VALUE).withoutBump();
    }

    Verdict judge(Lookup lookup) {
        if (!(lookup instanceof Lookup.Hit hit)) {
            return Verdict.MISS;
        }
        boolean isOver = !hit.stale() && hit.ttlSeconds() >= 0 && hit.ttlSeconds() <= keptSeconds;
        if (keptSeconds > 0 && isOver) {
            return Verdict.EXPIRED;
        }
        return hit.lease() == Lease.WON ? Verdict.SERVE_AND_REFRESH : Verdict.SERVE;
    }

    /** Returns how long an item stays in the cache whose value is good for so long. */
    Ttl kept(Ttl good) {
        return good.isNone() || keptSeconds == 0
                ? good
                : Ttl.ofSeconds(Math.min(Ttl.MAX.toSeconds(), good.seconds() + keptSeconds));
    }

    @Override
    public String toString() {
        return "Freshness(" + wants + ", kept for failing loads " + keptSeconds + " s)";
    }
}
