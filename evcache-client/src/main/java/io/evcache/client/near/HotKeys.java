package io.evcache.client.near;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Which keys of a cache are asked for most. Counts one read in 32, in four times as many places as there are keys to name: a new key takes the place of the rarest one and inherits its count as a possible error
 * (Metwally, Agrawal, El Abbadi: Efficient Computation of Frequent and Top-k Elements in Data Streams, 2005). What is old counts half every 4,096 samples, so a key that has cooled down is forgotten within a few
 * hundred thousand reads.
 *
 * <p>Takes the same memory however many keys there are. Thread-safe; nobody waits: a sample that would have to is left out.
 */
public final class HotKeys {
    /** A key with this share of the reads is hot. One node of a hundred would have twice the load of the others for it. */
    static final double HOT_SHARE = 0.01;

    /** How many keys are named when only the near cache asks. */
    public static final int DEFAULT_TOP = 32;

    private static final int MOST = 1_000;
    private static final int PLACES_PER_KEY = 4;
    private static final int SAMPLING = 32;
    private static final int HALVE_AFTER = 4_096;
    private static final int JUDGE_AFTER = 128;

    /** Before there were so many samples, nothing is hot. */
    private static final int FEWEST_SAMPLES = 128;

    private final int top;
    private final IntSupplier random;
    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by lock.
    private final Map<String, Counter> places = new HashMap<>();
    private double total;
    private long samples;

    private volatile Set<String> hot = Set.of();

    private static final class Counter {
        private double count;
        private double error;

        private double sure() {
            return count - error;
        }
    }

    private HotKeys(int top, IntSupplier random) {
        this.top = top;
        this.random = random;
    }

    /**
     * Begins to count.
     *
     * @param top how many keys to name, from 1 to 1,000
     * @throws IllegalArgumentException if it is not that
     */
    public static HotKeys top(int top) {
        return top(top, () -> ThreadLocalRandom.current().nextInt());
    }

    static HotKeys top(int top, IntSupplier random) {
        if (top < 1 || top > MOST) {
            throw new IllegalArgumentException("top must be from 1 to 1,000, was " + top);
        }
        return new HotKeys(top, random);
    }

    /** Returns how many keys it names. */
    public int size() {
        return top;
    }

    /** Tells of a read. */
    public void read(String key) {
        if ((random.getAsInt() & SAMPLING - 1) == 0 && lock.tryLock()) {
            try {
                count(key);
            } finally {
                lock.unlock();
            }
        }
    }

    /** Returns whether at least one in a hundred recent reads asked for the key, almost certainly. Noticed up to some 4,000 reads late. */
    public boolean isHot(String key) {
        return hot.contains(key);
    }

    /** Returns the keys that were asked for most, the most frequent first; fewer if there are not so many. */
    public List<HotKey> list() {
        List<HotKey> keys = new ArrayList<>();
        lock.lock();
        try {
            places.forEach((key, counter) -> keys.add(new HotKey(key, counter.sure() / total)));
        } finally {
            lock.unlock();
        }
        keys.sort(Comparator.comparingDouble(HotKey::share).reversed().thenComparing(HotKey::key));
        return List.copyOf(keys.subList(0, Math.min(top, keys.size())));
    }

    private void count(String key) {
        Counter counter = places.get(key);
        if (counter == null) {
            counter = place(key);
        }
        counter.count++;
        total++;
        samples++;
        if (samples % HALVE_AFTER == 0) {
            halve();
        }
        if (samples % JUDGE_AFTER == 0) {
            judge();
        }
    }

    private Counter place(String key) {
        Counter counter = new Counter();
        if (places.size() >= top * PLACES_PER_KEY) {
            String rarest = rarest();
            Counter displaced = rarest == null ? null : places.remove(rarest);
            counter.count = displaced == null ? 0 : displaced.count;
            counter.error = counter.count;
        }
        places.put(key, counter);
        return counter;
    }

    private @Nullable String rarest() {
        String rarest = null;
        double least = Double.MAX_VALUE;
        for (Map.Entry<String, Counter> place : places.entrySet()) {
            if (place.getValue().count < least) {
                least = place.getValue().count;
                rarest = place.getKey();
            }
        }
        return rarest;
    }

    private void halve() {
        total /= 2;
        for (Counter counter : places.values()) {
            counter.count /= 2;
            counter.error /= 2;
        }
    }

    private void judge() {
        Set<String> found = new HashSet<>();
        if (samples >= FEWEST_SAMPLES) {
            places.forEach((key, counter) -> {
                if (counter.sure() >= HOT_SHARE * total) {
                    found.add(key);
                }
            });
        }
        hot = Set.copyOf(found);
    }

    @Override
    public String toString() {
        return "HotKeys(top " + top + ", " + hot.size() + " hot)";
    }
}
