package io.evcache.client.load;

import io.evcache.client.flight.Flight;
import io.evcache.client.pipeline.WriteLatch;
import io.evcache.client.pipeline.WriteResult;
import io.evcache.client.pipeline.ZoneOutcome;
import io.evcache.client.pipeline.ZoneTokens;
import io.evcache.core.value.EncodedValue;
import io.evcache.core.value.KnownAbsent;
import io.evcache.core.value.Ttl;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One flight from the miss to the stored value: the {@link Preparation}; the load; the store.
 *
 * <p>One step after the other, each on whatever thread the step before leads to, so that nothing needs a guard but the order.
 */
final class KeyLoad<K, V> implements LoadLimit.Task {
    private static final Logger LOG = LoggerFactory.getLogger(KeyLoad.class);

    private final Loads<K, V> loads;
    private final Target<K> target;
    private final Flight<V> flight;
    private final Purpose purpose;

    /** Null: store without condition. */
    private @Nullable ZoneTokens tokens;

    private ZoneTokens placeHolders = new ZoneTokens(Map.of());

    /** Why a key is loaded. */
    enum Purpose {
        /** There is nothing. With leases one JVM loads. */
        MISS,
        /** There is a value. Replaced only where nobody has changed it meanwhile. */
        REPLACE,
        /** There may be a value, which is replaced whatever happens meanwhile: without leases. */
        RELOAD
    }

    /** Who goes on once it is known whether the loader is to be called. Exactly one of the two is called, once. */
    interface Next<K, V> {

        /** Call it, and say {@link KeyLoad#loaded} or {@link KeyLoad#failed}. */
        void needed(KeyLoad<K, V> load);

        /** The value has turned up, or somebody else is loading it; the flight takes care of itself. */
        void notNeeded(KeyLoad<K, V> load);
    }

    KeyLoad(Loads<K, V> loads, Target<K> target, Flight<V> flight, Purpose purpose) {
        this.loads = loads;
        this.target = target;
        this.flight = flight;
        this.purpose = purpose;
    }

    K key() {
        return target.key();
    }

    Flight<V> flight() {
        return flight;
    }

    Target<K> target() {
        return target;
    }

    Purpose purpose() {
        return purpose;
    }

    /**
     * Finds out whether the loader is to be called.
     *
     * @param lookAgain whether a value may have been stored since the cache was read
     */
    void prepare(boolean lookAgain, Next<K, V> next) {
        new Preparation<>(loads, this, next).begin(lookAgain);
    }

    /** What is stored is stored with these tokens; what is not is taken back. */
    void has(Claim claim) {
        tokens = claim.tokens();
        placeHolders = claim.placeHolders();
    }

    /** The value has turned up. */
    void found(Seen<V> seen) {
        flight.complete(seen.value());
        land();
    }

    /** Calls the loader of single values, on the thread that may be held up by it. */
    @Override
    public void run() {
        loads.count.loads.increment();
        flight.working();
        try {
            V unsaved = loads.unsaved(target.key());
            loaded(unsaved != null ? unsaved : loads.options.loader().load(target.key()));
        } catch (Throwable e) { // whatever the loader throws belongs to those who wait
            failed(e);
        } finally {
            flight.worked();
        }
    }

    void loaded(@Nullable V fromSource) {
        V unsaved = loads.unsaved(target.key()); // it may have been put since the load began
        V value = unsaved != null ? unsaved : fromSource;
        (value == null ? loads.count.absent : loads.count.found).increment();
        WriteLatch stored = null;
        try {
            stored = store(value);
        } catch (RuntimeException e) { // a value that cannot be encoded, or is over the limit
            LOG.warn("[{}] {} was loaded and is not cached: {}", loads.items.name(), target.wire(), e.toString());
            stored = drop();
        }
        if (stored == null) {
            land(); // before those who wait know, as nobody will find it in the cache
        }
        flight.complete(value);
        if (stored != null) {
            stored.settled().receive(settled -> stored(settled.value()));
        }
    }

    void failed(Throwable failure) {
        loads.count.loadFailures.increment();
        if (failure instanceof InterruptedException) {
            Thread.currentThread().interrupt();
        }
        giveUp(failure);
    }

    @Override
    public boolean isUrgent() {
        return flight.isUrgent();
    }

    @Override
    public void refused(LoadRejected why) {
        loads.count.rejected.increment();
        giveUp(why);
    }

    void giveUp(Throwable failure) {
        takeBack();
        land(); // before those who wait know: one who tries again at once is to load again
        if (flight.hasInstead() && !flight.isDone()) {
            loads.count.staleServed.increment();
        }
        flight.fail(failure);
    }

    /** Returns null if nothing is to be stored. */
    private @Nullable WriteLatch store(@Nullable V value) {
        Ttl good = value == null ? loads.options.negativeTtl().orElse(null) : loads.items.ttl();
        ZoneTokens where = tokens;
        if (flight.isOutdated()) {
            takeBack();
            return null;
        }
        if (good == null) {
            return drop();
        }
        EncodedValue encoded = value == null ? KnownAbsent.mark() : loads.items.encode(target.wire(), value);
        Ttl ttl = loads.freshness.kept(loads.items.jittered(target.wire(), good));
        if (where != null) {
            return loads.items.setWhere(target.wire(), encoded, ttl, where);
        }
        // Whoever invalidates marks the flight first and deletes after that: either the mark is seen here, or the
        // deletion leaves after this.
        WriteLatch latch = loads.items.set(target.wire(), encoded, ttl);
        return flight.isOutdated() ? loads.items.delete(target.wire()) : latch;
    }

    /** Nothing takes the place of what is there, and that is not true any more. Returns null if nothing is there. */
    private @Nullable WriteLatch drop() {
        ZoneTokens seen = tokens;
        if (purpose == Purpose.MISS) {
            takeBack();
            return null;
        }
        return seen == null ? loads.items.delete(target.wire()) : loads.items.deleteWhere(target.wire(), seen);
    }

    private void stored(@Nullable WriteResult result) {
        if (tokens != null && result != null && result.zones().stream().anyMatch(KeyLoad::isRefused)) {
            loads.count.outdated.increment();
        }
        land();
        if (tokens == null && flight.isOutdated()) { // the last part of a big value may have left after the deletion
            loads.items.delete(target.wire());
        }
    }

    private static boolean isRefused(ZoneOutcome zone) {
        return zone.status() == ZoneOutcome.Status.REFUSED && !Loads.isDrained(zone);
    }

    /** A lease that nothing comes of is given back, so that others need not wait for its end. */
    private void takeBack() {
        if (!placeHolders.byZone().isEmpty()) {
            loads.items.deleteWhere(target.wire(), placeHolders);
        }
    }

    private void land() {
        loads.flights.land(target.wire(), flight);
    }

    @Override
    public String toString() {
        return "KeyLoad(" + target.wire() + ", " + purpose + ")";
    }
}
