package io.evcache.client.warmup;

import io.evcache.core.command.Delete;
import io.evcache.core.command.DeleteReply;
import io.evcache.core.command.Get;
import io.evcache.core.command.Lookup;
import io.evcache.core.command.Lookup.Hit;
import io.evcache.core.command.Pending;
import io.evcache.core.key.Key;
import io.evcache.core.time.Ticker;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Looks at the source again for every copy, once writes that were under way have settled, and takes back what the source no longer has so. A client's delete can reach the target before the copy and the source after it was read; the
 * target would then have what nobody else has. Taken back is only what is still the copy, by its bytes and then by its token: what a client has stored there since stays.
 *
 * <p>Confined to the warm-up's thread.
 */
final class Checks {
    private static final Get.Wants VERSION =
            Get.Wants.VALUE.withoutValue().withCas().withTtl().withoutBump();
    private static final Get.Wants COPY = Get.Wants.VALUE.withCas().withoutBump();

    /** Of a copy that cannot be checked, or not be taken back. */
    private static final int MAX_ATTEMPTS = 3;

    private final Deque<Copy> waiting = new ArrayDeque<>();
    private final Counts counts;
    private final long settleNanos;
    private final Ticker ticker;

    /**
     * A copy to be looked at. Knows the value by its hash alone, to be small: one that is taken for another costs no more than a miss.
     *
     * @param ttlSeconds what was left when it was read
     */
    private record Copy(Key key, long cas, long ttlSeconds, long readAt, int valueHash, long dueAt, int attempts) {
        Copy again(long at) {
            return new Copy(key, cas, ttlSeconds, readAt, valueHash, at, attempts + 1);
        }
    }

    Checks(Counts counts, long settleNanos, Ticker ticker) {
        this.counts = counts;
        this.settleNanos = settleNanos;
        this.ticker = ticker;
    }

    void add(Key key, Hit read, long readAt) {
        waiting.add(new Copy(
                key, read.cas(), read.ttlSeconds(), readAt, read.value().hashCode(), ticker.nanos() + settleNanos, 0));
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    /** Returns how long until something is to be done; not for when there is nothing. */
    long nanosToWait() {
        return waiting.element().dueAt - ticker.nanos();
    }

    /** Checks what is due, at most so many. */
    void check(Pair zones, int limit) {
        List<Copy> due = new ArrayList<>();
        while (due.size() < limit && !waiting.isEmpty() && nanosToWait() <= 0) {
            due.add(waiting.remove());
        }
        if (!due.isEmpty()) {
            withdraw(changed(due, zones), zones);
        }
    }

    /** The zones are gone, or the time is up. */
    void giveUp() {
        counts.unchecked += waiting.size();
        waiting.clear();
    }

    /** A source that does not answer is as one that has changed: a miss is better than an old value. */
    private List<Copy> changed(List<Copy> due, Pair zones) {
        List<Pending<Lookup>> answers = Pair.askAll(zones.source(), due, copy -> new Get(copy.key(), VERSION), counts);
        List<Copy> changed = new ArrayList<>();
        for (int i = 0; i < due.size(); i++) {
            Copy copy = due.get(i);
            boolean same = answers.get(i).value() instanceof Hit now
                    && now.cas() == copy.cas()
                    && !now.stale()
                    && !Life.isCut(copy.ttlSeconds(), ticker.nanos() - copy.readAt(), now);
            if (!same) {
                changed.add(copy);
            }
        }
        return changed;
    }

    private record Found(Copy copy, long cas) {}

    private void withdraw(List<Copy> copies, Pair zones) {
        List<Pending<Lookup>> answers = Pair.askAll(zones.target(), copies, copy -> new Get(copy.key(), COPY), counts);
        List<Found> still = new ArrayList<>();
        for (int i = 0; i < copies.size(); i++) {
            Lookup answer = answers.get(i).value();
            if (answer == null) {
                later(copies.get(i));
            } else if (answer instanceof Hit hit
                    && hit.value().hashCode() == copies.get(i).valueHash()) {
                still.add(new Found(copies.get(i), hit.cas()));
            }
        }
        remove(still, zones);
    }

    private void remove(List<Found> copies, Pair zones) {
        List<Pending<DeleteReply>> answers = Pair.askAll(
                zones.target(), copies, found -> new Delete(found.copy().key(), found.cas(), 0), counts);
        for (int i = 0; i < copies.size(); i++) {
            DeleteReply answer = answers.get(i).value();
            if (answer == null) {
                later(copies.get(i).copy());
            } else if (answer == DeleteReply.DELETED) {
                counts.withdrawn++;
            }
        }
    }

    private void later(Copy copy) {
        if (copy.attempts() + 1 < MAX_ATTEMPTS) {
            waiting.add(copy.again(ticker.nanos() + settleNanos));
        } else {
            counts.unchecked++;
        }
    }
}
