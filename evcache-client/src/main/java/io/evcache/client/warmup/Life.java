package io.evcache.client.warmup;

import io.evcache.core.command.Lookup;
import io.evcache.core.command.Lookup.Hit;
import io.evcache.core.value.Ttl;
import java.util.concurrent.TimeUnit;

/** What a read says about the rest of an item's life. */
final class Life {
    /** Servers count whole seconds, each on a clock of its own. */
    private static final long ROUNDING_SECONDS = 2;

    private Life() {}

    static boolean isLeft(Hit hit) {
        return hit.ttlSeconds() == Lookup.NO_EXPIRY || hit.ttlSeconds() >= 1;
    }

    static Ttl of(Hit hit) {
        return hit.ttlSeconds() == Lookup.NO_EXPIRY
                ? Ttl.none()
                : Ttl.ofSeconds(Math.min(hit.ttlSeconds(), Ttl.MAX.toSeconds()));
    }

    /** Returns whether an item now ends clearly earlier than it said so many nanoseconds ago: somebody has touched it. */
    static boolean isCut(long before, long nanosAgo, Hit now) {
        if (now.ttlSeconds() == Lookup.NO_EXPIRY) {
            return false;
        }
        return before == Lookup.NO_EXPIRY
                || now.ttlSeconds() < before - TimeUnit.NANOSECONDS.toSeconds(nanosAgo) - ROUNDING_SECONDS;
    }
}
