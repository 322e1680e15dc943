package io.evcache.client;

import io.evcache.core.key.Key;
import io.evcache.core.value.Ttl;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The times to live of one cache: its own where none is given, shortened by its jitter. */
final class Lives {
    private final Ttl own;
    private final double jitter;

    /** What was converted last: most callers give the same duration each time. A race converts twice. */
    private volatile @Nullable Converted last;

    private record Converted(Duration given, Ttl ttl) {}

    Lives(Ttl own, double jitter) {
        this.own = own;
        this.jitter = jitter;
    }

    /** Returns the life of what is stored under the key. */
    Ttl of(Key key, @Nullable Duration given) {
        return jittered(key, given == null ? own : converted(given));
    }

    /** Returns the life, shortened as the key has it. */
    Ttl jittered(Key key, Ttl ttl) {
        if (jitter == 0 || ttl.isNone()) {
            return ttl;
        }
        long cut = (long) (ttl.seconds() * jitter * unit(key.hashCode()));
        return Ttl.ofSeconds(Math.max(1, ttl.seconds() - cut));
    }

    /** Returns the shortest life that the jitter leaves of the cache's own. */
    Ttl shortest() {
        return own.isNone() ? own : Ttl.ofSeconds(Math.max(1, own.seconds() - (long) (own.seconds() * jitter)));
    }

    private Ttl converted(Duration given) {
        Converted known = last;
        if (known == null || !known.given.equals(given)) {
            known = new Converted(given, Ttl.of(given));
            last = known;
        }
        return known.ttl;
    }

    /** Spreads a hash evenly over 0 to 1; the same on every machine. Finaliser of MurmurHash3 by Austin Appleby, public domain. */
    private static double unit(int hash) {
        int mixed = hash;
        mixed = (mixed ^ mixed >>> 16) * 0x85EBCA6B;
        mixed = (mixed ^ mixed >>> 13) * 0xC2B2AE35;
        mixed ^= mixed >>> 16;
        return Integer.toUnsignedLong(mixed) / (double) (1L << 32);
    }
}
