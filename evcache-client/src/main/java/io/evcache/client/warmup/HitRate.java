package io.evcache.client.warmup;

import io.evcache.core.command.Get;
import io.evcache.core.command.Lookup;
import io.evcache.core.command.Lookup.Hit;
import io.evcache.core.command.Pending;
import io.evcache.core.key.Key;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * How much of what the source has is in the target: by asking for a random sample of the keys that were dealt with, so that what the target has lost again, or has no room for, counts as lost; and for those that the source has
 * not named yet, by the share that the target turned out to have by itself. Confined to the warm-up's thread.
 */
final class HitRate {
    /** The standard error of a share is at most 2.2 %. */
    private static final int SAMPLE = 512;

    /** A sample costs as much as copying so many keys. */
    private static final int BETWEEN_SAMPLES = 1_024;

    private static final Get.Wants PRESENCE = Get.Wants.VALUE.withoutValue().withoutBump();

    private final List<Key> sample = new ArrayList<>();
    private final Counts counts;
    private final RandomGenerator random;
    private long offered;
    private long listedAtLast;

    HitRate(Counts counts, RandomGenerator random) {
        this.counts = counts;
        this.random = random;
    }

    /** Each key is as likely to be in the sample as any other (Vitter's algorithm R). */
    void offer(Key key) {
        offered++;
        if (sample.size() < SAMPLE) {
            sample.add(key);
        } else {
            long place = random.nextLong(offered);
            if (place < SAMPLE) {
                sample.set((int) place, key);
            }
        }
    }

    /** Returns whether the rate could have been reached, and enough was copied since the last sample to ask. */
    boolean mayHaveReached(double goal) {
        return counts.listed - listedAtLast >= BETWEEN_SAMPLES && overall(1) >= goal;
    }

    /** Asks the target for the sample, and the source for what the target does not have. */
    void measure(Pair zones) {
        listedAtLast = counts.listed;
        List<Pending<Lookup>> answers = Pair.askAll(zones.target(), sample, key -> new Get(key, PRESENCE), counts);
        List<Key> missed = new ArrayList<>();
        for (int i = 0; i < answers.size(); i++) {
            if (!(answers.get(i).value() instanceof Hit)) {
                missed.add(sample.get(i));
            }
        }
        long lost = Pair.askAll(zones.source(), missed, key -> new Get(key, PRESENCE), counts).stream()
                .filter(answer -> answer.value() instanceof Hit)
                .count();
        int hits = sample.size() - missed.size();
        counts.hitRate = overall(hits + lost == 0 ? 0 : (double) hits / (hits + lost));
    }

    private double overall(double ofListed) {
        double listed = counts.listedShare();
        return listed * ofListed + (1 - listed) * counts.presentShare();
    }
}
