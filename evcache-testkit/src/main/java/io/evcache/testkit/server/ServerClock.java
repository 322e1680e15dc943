package io.evcache.testkit.server;

import java.time.InstantSource;

/**
 * memcached's own time: whole seconds since shortly before the server started. Guarded by the {@link ItemStore} that
 * owns it.
 *
 * <p>The server starts at second 62, not 0, so that an expiry of "second 1" is always in the past; that is how it stores
 * negative and long gone expiry times, and why such an item's remaining time prints as a number close to 2^32 once.
 */
final class ServerClock {
    /** Longer expiry times than 30 days are absolute epoch seconds. */
    private static final long LONGEST_RELATIVE_SECONDS = 60L * 60 * 24 * 30;

    private static final long SECONDS_AT_START = 62;
    private static final long LONG_AGO = 1;

    private final InstantSource source;
    private final long zero;
    private long now;

    ServerClock(InstantSource source) {
        this.source = source;
        this.zero = Math.floorDiv(source.millis(), 1000) - SECONDS_AT_START;
        tick();
    }

    /** Reads the source. Called once per batch of requests, so that time stands still within one. */
    void tick() {
        now = Math.floorDiv(source.millis(), 1000) - zero;
    }

    long now() {
        return now;
    }

    long secondsSinceStart() {
        return now - SECONDS_AT_START;
    }

    long epochSeconds() {
        return now + zero;
    }

    /** The protocol's expiry time (already cut to 32 bits) on this clock; 0 is never. */
    long expiry(int exptime) {
        if (exptime == 0) {
            return 0;
        }
        if (exptime < 0) {
            return LONG_AGO;
        }
        if (exptime <= LONGEST_RELATIVE_SECONDS) {
            return now + exptime;
        }
        return exptime <= zero ? LONG_AGO : exptime - zero;
    }

    boolean isPast(long expiry) {
        return expiry != 0 && expiry <= now;
    }
}
