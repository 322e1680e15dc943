package io.evcache.client.flight;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The flights that are in the air, at most one for each key.
 *
 * <p>Use: take a {@link #stamp}, read the cache, and on a miss {@link #join}. One of those who joined {@linkplain Flight#tryLead leads}: it does the work and {@linkplain #land lands} the flight once the result is where
 * the next reader finds it. Nothing of the user's runs here, neither under a lock nor inside the map.
 *
 * <p>Thread-safe; parks nobody but in {@link Flight#await}.
 *
 * @param <K> the keys; with {@code equals} and {@code hashCode}
 * @param <V> what a flight brings
 */
public final class SingleFlight<K, V> {
    /** A stamp changes when any of its keys lands; with this many, and 64 flights at once, three of four leaders are spared the second look. A power of two. */
    private static final int STRIPES = 256;

    private final ConcurrentMap<K, Flight<V>> flights = new ConcurrentHashMap<>();
    private final AtomicLongArray landed = new AtomicLongArray(STRIPES);

    /** Returns a number to be given to {@link #hasLandedSince}; to be taken before the cache is read. */
    public long stamp(K key) {
        return landed.get(stripe(key));
    }

    /** Returns whether a flight for the key may have landed since the stamp was taken. If so, what was read then may have missed what it brought, and a leader looks again before it works. */
    public boolean hasLandedSince(K key, long stamp) {
        return stamp(key) != stamp;
    }

    /** Returns the flight for the key that is in the air, or a new one. */
    public Flight<V> join(K key) {
        Flight<V> present = flights.get(key);
        if (present != null) {
            return present;
        }
        Flight<V> fresh = new Flight<>();
        Flight<V> other = flights.putIfAbsent(key, fresh);
        return other == null ? fresh : other;
    }

    /** Ends the flight: who asks from now on gets another one. Whatever it brought must be there for all readers by now. */
    public void land(K key, Flight<V> flight) {
        landed.incrementAndGet(stripe(key)); // before the flight is gone: who does not find it sees the new stamp
        flights.remove(key, flight);
    }

    /** Says that what the flight in the air for this key brings is outdated. Who waits for it gets it all the same, since it asked before; who asks from now on gets another flight. */
    public void outdate(K key) {
        if (flights.isEmpty()) {
            return;
        }
        Flight<V> flight = flights.remove(key);
        if (flight != null) {
            flight.outdate();
        }
    }

    /** Returns how many flights are in the air. */
    public int inFlight() {
        return flights.size();
    }

    private static int stripe(Object key) {
        int hash = key.hashCode();
        return (hash ^ hash >>> 16) & STRIPES - 1;
    }

    @Override
    public String toString() {
        return "SingleFlight(" + flights.size() + " in flight)";
    }
}
