package io.evcache.client.zones;

import io.evcache.core.command.Get;
import io.evcache.core.command.Lease;
import io.evcache.core.command.Lookup;
import io.evcache.core.command.Store;
import io.evcache.core.time.Deadline;
import io.evcache.core.time.Ticker;
import io.evcache.core.zone.ZoneRoute;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Gives a value that one zone holds to a zone that missed it, or has an older version, with the life that it has left. By {@code add}, or by comparing with what was seen there, so that it never replaces something newer; nobody waits for it.
 *
 * <p>Limited by a token bucket that holds one second's worth: a zone that comes back empty is filled by its readers, but not faster than it and the network can bear.
 */
final class Backfill {
    /** Per client. At 1 KiB a value that is 8 Mbit/s, which no zone notices; a thousand clients fill a million keys per second. */
    static final int DEFAULT_PER_SECOND = 1_000;

    private static final long TIMEOUT_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final Ticker ticker;
    private final boolean possible;
    private final long interval;
    private final long burst;
    /** When the bucket will be full again; a full bucket lies in the past. */
    private final AtomicLong fullAt;

    Backfill(Ticker ticker, int perSecond) {
        this(ticker, perSecond, true);
    }

    private Backfill(Ticker ticker, int perSecond, boolean possible) {
        this.ticker = ticker;
        this.possible = possible;
        this.burst = TimeUnit.SECONDS.toNanos(1);
        this.interval = burst / perSecond;
        this.fullAt = new AtomicLong(ticker.nanos());
    }

    /** Returns what fills nothing, for servers that cannot tell how long a value has to live. */
    static Backfill impossible(Ticker ticker) {
        return new Backfill(ticker, DEFAULT_PER_SECOND, false);
    }

    /** Returns whether it is any use to ask how long a value has to live. */
    boolean isPossible() {
        return possible;
    }

    /** Adds what was hit to the zone, if it can be copied and the limit allows. */
    void add(ZoneRoute zone, Get missed, Lookup.Hit hit) {
        if (!canBeCopied(hit) || !tryAcquire()) {
            return;
        }
        zone.send(
                Store.add(missed.key(), hit.value(), hit.remainingLife()), Deadline.afterNanos(TIMEOUT_NANOS, ticker));
    }

    /** Adds what was hit to a zone that missed it, unless a reader there holds a lease: the place is taken then. */
    void addWhereMissed(ZoneRoute zone, Get missed, Lookup.Miss miss, Lookup.Hit hit) {
        if (miss.lease() == Lease.NONE) {
            add(zone, missed, hit);
        }
    }

    /** Replaces an older version by the newer one, if the zone still holds exactly that older one. */
    void replace(ZoneRoute zone, Get read, Lookup.Hit older, Lookup.Hit newer) {
        if (!canBeCopied(newer) || !tryAcquire()) {
            return;
        }
        Store.Terms ifUnchanged = new Store.Terms(Store.Mode.SET, older.cas(), newer.cas());
        zone.send(
                new Store(read.key(), newer.value(), newer.remainingLife(), ifUnchanged),
                Deadline.afterNanos(TIMEOUT_NANOS, ticker));
    }

    private static boolean canBeCopied(Lookup.Hit hit) {
        return hit.hasValue() && !hit.stale() && hit.hasLife();
    }

    private boolean tryAcquire() {
        while (true) {
            long now = ticker.nanos();
            long last = fullAt.get();
            long base = last - now > 0 ? last : now;
            if (base + interval - now > burst) {
                return false;
            }
            if (fullAt.compareAndSet(last, base + interval)) {
                return true;
            }
        }
    }
}
