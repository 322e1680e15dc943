package io.evcache.client.load;

import io.evcache.client.flight.Flight;
import io.evcache.client.load.Freshness.Verdict;
import io.evcache.client.pipeline.ReadResult;
import io.evcache.client.pipeline.WriteLatch;
import io.evcache.client.pipeline.WriteResult;
import io.evcache.client.pipeline.ZoneOutcome;
import io.evcache.client.pipeline.ZoneTokens;
import io.evcache.core.command.Get;
import io.evcache.core.command.Lease;
import io.evcache.core.command.Lookup;
import io.evcache.core.command.Pending;
import io.evcache.core.time.Backoff;
import io.evcache.core.time.Deadline;
import io.evcache.core.value.EncodedValue;
import io.evcache.core.value.KnownAbsent;
import io.evcache.core.value.Ttl;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One flight from the miss to the stored value: tokens, or a second look; the load; the store.
 *
 * <p>One step after the other, each on whatever thread the step before leads to, so that nothing needs a guard but the order. Answers of zones are taken over from the event loops at once.
 */
final class KeyLoad<K, V> implements LoadLimit.Task {
    private static final Logger LOG = LoggerFactory.getLogger(KeyLoad.class);

    /** Between two looks at what another JVM is loading. A query takes 1 to 100 ms; the looks double from the one to the other, so that a wait is about half as long again as the load at most. */
    private static final Backoff LOOKS = new Backoff(Duration.ofMillis(4), Duration.ofMillis(64));

    private static final Get.Wants TOKEN =
            Get.Wants.VALUE.withoutValue().withCas().withoutBump();

    private final Loads<K, V> loads;
    private final Target<K> target;
    private final Flight<V> flight;
    private final Purpose purpose;

    /** Null: store without condition. */
    private @Nullable ZoneTokens tokens;

    private ZoneTokens placeHolders = new ZoneTokens(Map.of());
    private boolean wonByLooking;
    /** Whether {@link Next} knows. */
    private boolean told;

    private @Nullable Deadline patience;
    private int looks;

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

    /**
     * Finds out whether the loader is to be called.
     *
     * @param lookAgain whether a value may have been stored since the cache was read
     */
    void prepare(boolean lookAgain, Next<K, V> next) {
        orGiveUp(next, () -> {
            if (loads.options.hasLeases() || purpose == Purpose.REPLACE) {
                claim(next);
            } else if (lookAgain) {
                loads.read(target.wire(), loads.items.readDeadline())
                        .receive(read -> go(next, () -> lookedAgain(read, next)));
            } else {
                needed(next);
            }
        });
    }

    private void needed(Next<K, V> next) {
        told = true;
        next.needed(this);
    }

    private void notNeeded(Next<K, V> next) {
        told = true;
        next.notNeeded(this);
    }

    private void lookedAgain(Pending<? extends ReadResult> read, Next<K, V> next) {
        Seen<V> seen = loads.seen(read);
        if (seen.isServed()) {
            found(seen);
            notNeeded(next);
        } else {
            needed(next);
        }
    }

    private void claim(Next<K, V> next) {
        Get.Wants wants = purpose == Purpose.REPLACE ? TOKEN : loads.freshness.wantsOfClaim();
        int seconds = loads.options.leaseSeconds();
        loads.items
                .askEveryZone(target.wire(), seconds > 0 ? wants.withLease(seconds) : wants)
                .settled()
                .receive(answers -> go(next, () -> claimed(answers.value(), next)));
    }

    private void claimed(@Nullable WriteResult answers, Next<K, V> next) {
        Claim claim = answers == null ? Claim.NOTHING : Claim.of(answers, loads.items::isInService);
        tokens = claim.tokens();
        placeHolders = claim.placeHolders();
        if (purpose == Purpose.REPLACE) {
            needed(next);
            return;
        }
        Seen<V> elsewhere = loads.best(claim.hits());
        boolean isOurs = claim.lease() == Lease.WON || wonByLooking;
        if (!elsewhere.isServed()) {
            if (elsewhere.verdict() == Verdict.EXPIRED) {
                flight.instead(elsewhere.value());
            }
            if (claim.lease() == Lease.HELD && !isOurs) {
                notNeeded(next);
                waitForOther(claim.decider().orElseThrow(), next);
            } else {
                needed(next);
            }
        } else {
            if (isOurs) {
                flight.complete(elsewhere.value()); // another zone has it: nobody waits while this zone gets it anew
                loads.background(this);
            } else {
                found(elsewhere);
            }
            notNeeded(next);
        }
    }

    private void waitForOther(String decider, Next<K, V> next) {
        Deadline until = patience;
        if (until == null) {
            until = loads.items.in(loads.options.leaseWait());
            patience = until;
            loads.count.leaseWaits.increment();
        }
        if (until.isExpired()) {
            loads.count.leaseOverruns.increment();
            loads.limit.submit(this);
            return;
        }
        long nanos = LOOKS.delay(looks++, ThreadLocalRandom.current()).toNanos();
        Executor later = CompletableFuture.delayedExecutor(nanos, TimeUnit.NANOSECONDS, loads.items.callbacks());
        later.execute(() -> orGiveUp(next, () -> look(decider, next)));
    }

    /** Looks where it was decided who loads. In another zone a place-holder may be left over: a deletion that overtakes the loader there can be followed by a lease of somebody who waits. */
    private void look(String decider, Next<K, V> next) {
        loads.items
                .readFrom(decider, target.wire(), loads.freshness.wantsOfClaim(), loads.items.readDeadline())
                .receive(read -> go(next, () -> looked(decider, read, next)));
    }

    private void looked(String decider, Pending<? extends ReadResult> read, Next<K, V> next) {
        Seen<V> seen = loads.seen(read);
        ReadResult result = read.value();
        if (seen.isServed()) {
            found(seen);
        } else if (result != null && result.lookup() instanceof Lookup.Miss miss && miss.lease() == Lease.HELD) {
            waitForOther(decider, next);
        } else {
            // Nobody loads any more, or what he waits for was marked stale, which hands its lease to whoever looks
            // first.
            wonByLooking = result != null && result.lookup() instanceof Lookup.Miss miss && miss.lease() == Lease.WON;
            claim(loads.alone());
        }
    }

    private void found(Seen<V> seen) {
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

    private void giveUp(Throwable failure) {
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

    private void go(Next<K, V> next, Runnable step) {
        loads.items.callbacks().execute(() -> orGiveUp(next, step));
    }

    /** A flight that nobody flies any more would keep its key from being loaded ever again. */
    private void orGiveUp(Next<K, V> next, Runnable step) {
        try {
            step.run();
        } catch (Throwable e) { // what an interceptor answers with is a stranger's code
            giveUp(e);
            if (!told) {
                notNeeded(next); // others of its bulk load wait to hear from each
            }
        }
    }

    @Override
    public String toString() {
        return "KeyLoad(" + target.wire() + ", " + purpose + ")";
    }
}
