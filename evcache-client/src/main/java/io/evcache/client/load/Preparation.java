package io.evcache.client.load;

import io.evcache.client.load.Freshness.Verdict;
import io.evcache.client.load.KeyLoad.Next;
import io.evcache.client.load.KeyLoad.Purpose;
import io.evcache.client.pipeline.ReadResult;
import io.evcache.client.pipeline.WriteResult;
import io.evcache.core.command.Get;
import io.evcache.core.command.Lease;
import io.evcache.core.command.Lookup;
import io.evcache.core.command.Pending;
import io.evcache.core.time.Backoff;
import io.evcache.core.time.Deadline;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Finds out whether a key that was not found is to be loaded here: a second look, or tokens and a lease, and the wait for another JVM that has it.
 *
 * <p>One step after the other, each on whatever thread the step before leads to, so that nothing needs a guard but the order. Answers of zones are taken over from the event loops at once.
 */
final class Preparation<K, V> {
    /** Between two looks at what another JVM is loading. A query takes 1 to 100 ms; the looks double from the one to the other, so that a wait is about half as long again as the load at most. */
    private static final Backoff LOOKS = new Backoff(Duration.ofMillis(4), Duration.ofMillis(64));

    private static final Get.Wants TOKEN =
            Get.Wants.VALUE.withoutValue().withCas().withoutBump();

    private final Loads<K, V> loads;
    private final KeyLoad<K, V> load;
    private final Target<K> target;
    private Next<K, V> next;
    /** Whether the first {@link Next} knows. */
    private boolean told;

    private boolean wonByLooking;
    private @Nullable Deadline patience;
    private int looks;

    /**
     * Creates it.
     *
     * @param next goes on once it is known
     */
    Preparation(Loads<K, V> loads, KeyLoad<K, V> load, Next<K, V> next) {
        this.loads = loads;
        this.load = load;
        this.target = load.target();
        this.next = next;
    }

    /**
     * Begins.
     *
     * @param lookAgain whether a value may have been stored since the cache was read
     */
    void begin(boolean lookAgain) {
        orGiveUp(() -> {
            if (loads.options.hasLeases() || load.purpose() == Purpose.REPLACE) {
                claim();
            } else if (lookAgain) {
                loads.read(target.wire(), loads.items.readDeadline()).receive(read -> go(() -> lookedAgain(read)));
            } else {
                needed();
            }
        });
    }

    private void needed() {
        told = true;
        next.needed(load);
    }

    private void notNeeded() {
        told = true;
        next.notNeeded(load);
    }

    private void lookedAgain(Pending<? extends ReadResult> read) {
        Seen<V> seen = loads.seen(read);
        if (seen.isServed()) {
            load.found(seen);
            notNeeded();
        } else {
            needed();
        }
    }

    private void claim() {
        Get.Wants wants = load.purpose() == Purpose.REPLACE ? TOKEN : loads.freshness.wantsOfClaim();
        int seconds = loads.options.leaseSeconds();
        loads.items
                .askEveryZone(target.wire(), seconds > 0 ? wants.withLease(seconds) : wants)
                .settled()
                .receive(answers -> go(() -> claimed(answers.value())));
    }

    private void claimed(@Nullable WriteResult answers) {
        Claim claim = answers == null ? Claim.NOTHING : Claim.of(answers, loads.items::isInService);
        load.has(claim);
        if (load.purpose() == Purpose.REPLACE) {
            needed();
            return;
        }
        Seen<V> elsewhere = loads.best(claim.hits());
        boolean isOurs = claim.lease() == Lease.WON || wonByLooking;
        if (!elsewhere.isServed()) {
            if (elsewhere.verdict() == Verdict.EXPIRED) {
                load.flight().instead(elsewhere.value());
            }
            if (claim.lease() == Lease.HELD && !isOurs) {
                notNeeded();
                waitForOther(claim.decider().orElseThrow());
            } else {
                needed();
            }
        } else {
            if (isOurs) {
                load.flight()
                        .complete(elsewhere.value()); // another zone has it: nobody waits while this zone gets it anew
                loads.background(load);
            } else {
                load.found(elsewhere);
            }
            notNeeded();
        }
    }

    private void waitForOther(String decider) {
        Deadline until = patience;
        if (until == null) {
            until = loads.items.in(loads.options.leaseWait());
            patience = until;
            loads.count.leaseWaits.increment();
        }
        if (until.isExpired()) {
            loads.count.leaseOverruns.increment();
            loads.limit.submit(load);
            return;
        }
        long nanos = LOOKS.delay(looks++, ThreadLocalRandom.current()).toNanos();
        Executor later = CompletableFuture.delayedExecutor(nanos, TimeUnit.NANOSECONDS, loads.items.callbacks());
        later.execute(() -> orGiveUp(() -> look(decider)));
    }

    /** Looks where it was decided who loads. In another zone a place-holder may be left over: a deletion that overtakes the loader there can be followed by a lease of somebody who waits. */
    private void look(String decider) {
        loads.items
                .readFrom(decider, target.wire(), loads.freshness.wantsOfClaim(), loads.items.readDeadline())
                .receive(read -> go(() -> looked(decider, read)));
    }

    private void looked(String decider, Pending<? extends ReadResult> read) {
        Seen<V> seen = loads.seen(read);
        ReadResult result = read.value();
        if (seen.isServed()) {
            load.found(seen);
        } else if (result != null && result.lookup() instanceof Lookup.Miss miss && miss.lease() == Lease.HELD) {
            waitForOther(decider);
        } else {
            // Nobody loads any more, or what he waits for was marked stale, which hands its lease to whoever looks
            // first.
            wonByLooking = result != null && result.lookup() instanceof Lookup.Miss miss && miss.lease() == Lease.WON;
            next = loads.alone(); // who asked went on when this began to wait
            claim();
        }
    }

    private void go(Runnable step) {
        loads.items.callbacks().execute(() -> orGiveUp(step));
    }

    /** A flight that nobody flies any more would keep its key from being loaded ever again. */
    private void orGiveUp(Runnable step) {
        try {
            step.run();
        } catch (Throwable e) { // what an interceptor answers with is a stranger's code
            load.giveUp(e);
            if (!told) {
                notNeeded(); // others of its bulk load wait to hear from each
            }
        }
    }

    @Override
    public String toString() {
        return "Preparation(" + load + ")";
    }
}
