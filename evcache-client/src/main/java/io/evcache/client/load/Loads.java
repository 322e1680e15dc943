package io.evcache.client.load;

import static java.util.Objects.requireNonNull;

import io.evcache.client.CacheItems;
import io.evcache.client.flight.Flight;
import io.evcache.client.flight.SingleFlight;
import io.evcache.client.load.Freshness.Verdict;
import io.evcache.client.load.KeyLoad.Purpose;
import io.evcache.client.pipeline.ReadResult;
import io.evcache.client.pipeline.ZoneOutcome;
import io.evcache.core.command.Lookup;
import io.evcache.core.command.Pending;
import io.evcache.core.command.StoreReply;
import io.evcache.core.error.CodecFailure;
import io.evcache.core.key.Key;
import io.evcache.core.time.Deadline;
import io.evcache.core.value.EncodedValue;
import io.evcache.core.value.KnownAbsent;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** What all loads of one cache-aside have in common, and where they begin. */
final class Loads<K, V> {
    final CacheItems<V> items;
    final AsideOptions<K, V> options;
    final LoadLimit limit;
    final Freshness freshness;
    final SingleFlight<Key, V> flights = new SingleFlight<>();
    final LoadStats.Counters count = new LoadStats.Counters();
    final AtomicReference<@Nullable WriteBehind<K, V>> writeBehind = new AtomicReference<>();

    Loads(CacheItems<V> items, AsideOptions<K, V> options, LoadLimit limit) {
        this.items = items;
        this.options = options;
        this.limit = limit;
        this.freshness = new Freshness(items.shortestTtl(), options.refreshAhead(), options.keptSeconds());
    }

    /** Returns the value that waits to be written to the source, if there is one: then the source is behind. */
    @Nullable
    V unsaved(K key) {
        WriteBehind<K, V> behind = writeBehind.get();
        return behind == null ? null : behind.unsaved(key);
    }

    Target<K> target(K key) {
        requireNonNull(key, "key");
        return new Target<>(key, items.key(requireNonNull(options.keys().apply(key), "key of the cache")));
    }

    /** Reads the cache. With leases a miss of the nearest zone is one: what another zone had could not be copied safely, so there is no point in asking it before all are asked for their tokens. */
    Pending<ReadResult> read(Key key, Deadline deadline) {
        return options.hasLeases()
                ? items.readNearest(key, freshness.wants(), deadline)
                : items.read(key, freshness.wants(), deadline);
    }

    /** Judges what a settled read found. A failure is a miss, and so is what cannot be decoded: both are loaded. */
    Seen<V> seen(Pending<? extends ReadResult> read) {
        ReadResult result = read.value();
        return result == null ? Seen.nothing() : seen(result.lookup());
    }

    private Seen<V> seen(Lookup lookup) {
        Verdict verdict = freshness.judge(lookup);
        if (verdict == Verdict.MISS || !(lookup instanceof Lookup.Hit hit)) {
            return Seen.nothing();
        }
        EncodedValue value = hit.value();
        if (KnownAbsent.is(value)) {
            // Lives for a while of its own, all of which is in the last part of a value's life.
            boolean isEarly = verdict == Verdict.SERVE_AND_REFRESH && !hit.stale();
            return new Seen<>(isEarly ? Verdict.SERVE : verdict, null);
        }
        try {
            return new Seen<>(verdict, items.decode(value));
        } catch (CodecFailure e) {
            return Seen.nothing();
        }
    }

    /** Returns whether the zone is draining: it takes no value, and has removed what it had. */
    static boolean isDrained(ZoneOutcome zone) {
        return zone.reply() == StoreReply.NOT_STORED;
    }

    /** Returns the first that is served; if there is none the first that is, should a load fail. */
    Seen<V> best(List<Lookup.Hit> hits) {
        Seen<V> best = Seen.nothing();
        for (Lookup.Hit hit : hits) {
            Seen<V> seen = seen(hit);
            if (seen.isServed()) {
                return seen;
            }
            best = best.verdict() == Verdict.EXPIRED ? best : seen;
        }
        return best;
    }

    /** Returns the load that the caller is to prepare, or null if somebody else is at it. What has been seen is served should it fail, whoever is at it. */
    @Nullable
    KeyLoad<K, V> lead(Target<K> target, Flight<V> flight, Seen<V> seen) {
        boolean isExpired = seen.verdict() == Verdict.EXPIRED;
        if (isExpired) {
            flight.instead(seen.value());
        }
        if (!flight.tryLead()) {
            count.shared.increment();
            return null;
        }
        return new KeyLoad<>(this, target, flight, isExpired ? Purpose.REPLACE : Purpose.MISS);
    }

    /** Joins the load of what a read did not find, or begins it. */
    Flight<V> join(Target<K> target, Seen<V> seen, long stamp, boolean withinAnother) {
        Flight<V> flight = flight(target, withinAnother);
        KeyLoad<K, V> load = lead(target, flight, seen);
        if (load != null) {
            load.prepare(flights.hasLandedSince(target.wire(), stamp), alone());
        }
        return flight;
    }

    /** Returns the flight that the caller is to join. If another load waits for it, it must not wait for a permit: it could wait for that one's. */
    Flight<V> flight(Target<K> target, boolean withinAnother) {
        Flight<V> flight = flights.join(target.wire());
        while (!flight.tryFollow()) { // a refresh that there was no permit for, just now
            flights.land(target.wire(), flight);
            flight = flights.join(target.wire());
        }
        if (withinAnother) {
            flight.hurry();
            if (flight.isLed()) { // otherwise it does not wait yet, and whoever leads it sees that it is urgent
                limit.hurry();
            }
        }
        return flight;
    }

    /** Has the value replaced while the present one is served. */
    void refreshBehind(Target<K> target) {
        Flight<V> flight = flights.join(target.wire());
        if (flight.tryLead()) {
            new KeyLoad<>(this, target, flight, Purpose.REPLACE).prepare(false, inBackground());
        }
    }

    /** Loads whatever the cache holds. */
    Flight<V> reload(Target<K> target, boolean withinAnother) {
        Flight<V> flight = flight(target, withinAnother);
        if (flight.tryLead()) {
            Purpose purpose = options.hasLeases() ? Purpose.REPLACE : Purpose.RELOAD;
            new KeyLoad<>(this, target, flight, purpose).prepare(false, alone());
        }
        return flight;
    }

    /** Runs a load that nobody waits for, if that holds up no other; one that somebody has come to wait for, when it is its turn. */
    void background(KeyLoad<K, V> load) {
        count.refreshes.increment();
        if (limit.trySubmit(load)) {
            return;
        }
        if (load.flight().isDone() || load.flight().tryGiveUp()) {
            load.refused(
                    new LoadRejected("all loads that may run at once are running; the value is refreshed later", null));
        } else {
            limit.submit(load);
        }
    }

    /** Goes on with one call of the loader for one key. */
    KeyLoad.Next<K, V> alone() {
        return new KeyLoad.Next<>() {
            @Override
            public void needed(KeyLoad<K, V> load) {
                limit.submit(load);
            }

            @Override
            public void notNeeded(KeyLoad<K, V> load) {
                // the flight takes care of itself
            }
        };
    }

    private KeyLoad.Next<K, V> inBackground() {
        return new KeyLoad.Next<>() {
            @Override
            public void needed(KeyLoad<K, V> load) {
                background(load);
            }

            @Override
            public void notNeeded(KeyLoad<K, V> load) {
                // the flight takes care of itself
            }
        };
    }
}
