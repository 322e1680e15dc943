package io.evcache.client.warmup;

import io.evcache.client.warmup.Walk.Listed;
import io.evcache.core.command.Get;
import io.evcache.core.command.Lookup;
import io.evcache.core.command.Lookup.Hit;
import io.evcache.core.command.Pending;
import io.evcache.core.command.Store;
import io.evcache.core.command.StoreReply;
import io.evcache.core.key.Key;
import io.evcache.core.time.Ticker;
import io.evcache.core.value.Ttl;
import java.util.ArrayList;
import java.util.List;

/**
 * One step of the copying: of some keys, reads those that the target does not have from the source, and adds them. Whoever has been there before costs a look of no bytes, which is what makes a second warm-up cheap.
 * Confined to the warm-up's thread.
 */
final class Copies {
    private static final Get.Wants PRESENCE = Get.Wants.VALUE.withoutValue().withoutBump();
    private static final Get.Wants COPY = Get.Wants.VALUE.withCas().withTtl().withoutBump();

    private final Counts counts;
    private final Checks checks;
    private final HitRate hitRate;
    private final Ticker ticker;

    private record Found(Key key, Hit hit, Ttl ttl, long readAt) {}

    Copies(Counts counts, Checks checks, HitRate hitRate, Ticker ticker) {
        this.counts = counts;
        this.checks = checks;
        this.hitRate = hitRate;
        this.ticker = ticker;
    }

    void copy(List<Listed> step, Pair zones) {
        add(read(missing(owned(step, zones), zones), zones), zones);
    }

    /** An item on a node that does not own its key was left there by an earlier topology, and may be older than what the owner has. */
    private List<Key> owned(List<Listed> step, Pair zones) {
        List<Key> keys = new ArrayList<>();
        for (Listed listed : step) {
            Key key = listed.item().key();
            if (zones.source()
                    .ring()
                    .nodeFor(key)
                    .address()
                    .equals(listed.walk().node().address())) {
                keys.add(key);
            } else {
                counts.skipped++;
            }
        }
        return keys;
    }

    private List<Key> missing(List<Key> keys, Pair zones) {
        List<Pending<Lookup>> answers = Pair.askAll(zones.target(), keys, key -> new Get(key, PRESENCE), counts);
        List<Key> missing = new ArrayList<>();
        for (int i = 0; i < answers.size(); i++) {
            Lookup answer = answers.get(i).value();
            if (answer instanceof Hit) {
                counts.present++;
                hitRate.offer(keys.get(i));
            } else if (answer == null) {
                counts.failed++;
                hitRate.offer(keys.get(i));
            } else {
                missing.add(keys.get(i));
            }
        }
        return missing;
    }

    private List<Found> read(List<Key> keys, Pair zones) {
        long readAt = ticker.nanos(); // before the answers, so that what is left of a life is never overrated
        List<Pending<Lookup>> answers = Pair.askAll(zones.source(), keys, key -> new Get(key, COPY), counts);
        List<Found> found = new ArrayList<>();
        for (int i = 0; i < answers.size(); i++) {
            Lookup answer = answers.get(i).value();
            if (answer instanceof Hit hit && hit.stale()) {
                counts.skipped++;
            } else if (answer instanceof Hit hit && Life.isLeft(hit)) {
                found.add(new Found(keys.get(i), hit, Life.of(hit), readAt));
                hitRate.offer(keys.get(i));
            } else if (answer == null) {
                counts.failed++;
            } else {
                counts.vanished++;
            }
        }
        return found;
    }

    private void add(List<Found> found, Pair zones) {
        List<Pending<StoreReply>> answers = Pair.askAll(
                zones.target(), found, each -> Store.add(each.key(), each.hit().value(), each.ttl()), counts);
        for (int i = 0; i < answers.size(); i++) {
            Found each = found.get(i);
            StoreReply answer = answers.get(i).value();
            if (answer == StoreReply.STORED) {
                counts.copied++;
            } else if (answer != null) {
                counts.present++;
                continue;
            } else {
                counts.failed++;
            }
            checks.add(each.key(), each.hit(), each.readAt()); // without an answer it may be there all the same
        }
    }
}
