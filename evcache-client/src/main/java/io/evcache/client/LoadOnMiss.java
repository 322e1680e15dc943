package io.evcache.client;

import io.evcache.client.flight.Flight;
import io.evcache.client.flight.SingleFlight;
import io.evcache.client.near.NearCache;
import io.evcache.client.pipeline.ReadResult;
import io.evcache.client.pipeline.WriteLatch;
import io.evcache.core.command.Lookup;
import io.evcache.core.command.Store;
import io.evcache.core.command.Waiting;
import io.evcache.core.error.EvCacheException;
import io.evcache.core.key.Key;
import io.evcache.core.time.Deadline;
import io.evcache.core.value.KnownAbsent;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads a key, and loads and stores what is missing, on the thread of the one caller that leads; others for the same key wait for it. */
final class LoadOnMiss<V> {
    private static final Logger LOG = LoggerFactory.getLogger(LoadOnMiss.class);

    /** How long others wait for the leader. A human gives up after about that time, and so does the default of most HTTP clients. */
    static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Calls<V> calls;
    private final SingleFlight<Key, V> flights;

    LoadOnMiss(Calls<V> calls) {
        this.calls = calls;
        this.flights = calls.commands().loads();
    }

    @Nullable
    V get(String name, Loader<? super String, ? extends V> loader) {
        Nearby<V> nearby = calls.nearby();
        V kept = nearby == null ? null : nearby.get(name);
        if (kept != null) {
            return kept;
        }
        Key key = calls.key(name);
        NearCache.Load load = nearby == null ? null : nearby.load();
        long stamp = flights.stamp(key);
        ReadResult read = read(key);
        V cached = valueOrNull(read);
        if (cached != null && read != null && nearby != null && load != null) {
            calls.keep(nearby, load, name, cached, read);
        }
        if (cached != null || isKnownAbsent(read)) {
            return cached;
        }
        Flight<V> flight = flights.join(key);
        if (flight.tryLead()) {
            lead(name, key, loader, flight, flights.hasLandedSince(key, stamp));
        }
        return flight.await(calls.in(PATIENCE), key);
    }

    private void lead(
            String name, Key key, Loader<? super String, ? extends V> loader, Flight<V> flight, boolean lookAgain) {
        flight.working();
        WriteLatch stored = null;
        try {
            V value = lookAgain ? valueOrNull(read(key)) : null;
            if (value == null) {
                value = loader.load(name);
                stored = value == null ? null : storeIfPossible(key, value, flight);
            }
            if (stored == null) {
                flights.land(key, flight); // before the others know, as nobody will find it in the cache
            }
            flight.complete(value);
        } catch (Throwable e) { // whatever the loader throws belongs to everybody who waits
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            flights.land(key, flight); // before the others know: one who tries again at once is to load again
            flight.fail(e);
        } finally {
            flight.worked();
            if (stored != null) {
                stored.settled().receive(settled -> landed(key, flight));
            }
        }
    }

    private void landed(Key key, Flight<V> flight) {
        flights.land(key, flight);
        if (flight.isOutdated()) { // the last part of a big value may have left after whatever outdated it
            calls.remove(key);
        }
    }

    /** The source has answered, so nobody goes without for what the cache cannot take. Returns null if nothing is stored. */
    private @Nullable WriteLatch storeIfPossible(Key key, V value, Flight<V> flight) {
        try {
            return store(key, value, flight);
        } catch (RuntimeException e) { // a value that cannot be encoded, or is over the limit
            LOG.warn("[{}] {} was loaded and is not cached: {}", calls.name(), key, e.toString());
            return null;
        }
    }

    /** Whoever deletes or sets the key sends that after marking the flight; so either the mark is seen here, or what is sent here is sent first. */
    private @Nullable WriteLatch store(Key key, V value, Flight<V> flight) {
        Store command = Store.set(
                key,
                calls.commands().encode(key, value),
                calls.commands().jittered(key, calls.commands().ttl()));
        if (flight.isOutdated()) {
            return null;
        }
        WriteLatch latch = calls.write(command, calls.writePolicy(), calls.in(calls.writeTimeout()), null);
        return flight.isOutdated() ? calls.remove(key) : latch;
    }

    private @Nullable ReadResult read(Key key) {
        Deadline deadline = calls.readDeadline();
        try {
            return Waiting.during(() -> calls.read(key, deadline).await(deadline));
        } catch (EvCacheException e) {
            return null;
        }
    }

    private static boolean isKnownAbsent(@Nullable ReadResult read) {
        return read != null && read.lookup() instanceof Lookup.Hit hit && KnownAbsent.is(hit.value());
    }

    private @Nullable V valueOrNull(@Nullable ReadResult read) {
        try {
            return read == null ? null : calls.commands().valueOf(read);
        } catch (EvCacheException e) {
            return null; // what cannot be decoded is loaded and replaced
        }
    }
}
