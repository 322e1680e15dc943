package io.evcache.client;

import io.evcache.client.pipeline.WriteLatch;
import io.evcache.core.error.DeadlineExceeded;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;

/** Many threads that do everything to the same keys, and look hard at what comes back. Each call counts as one operation, a {@code getAll} of many keys too. */
final class MixedOperations {
    private static final int KEYS = 20_000;
    private static final int BATCH = 50;
    private static final int BULK = 8;
    private static final Duration TTL = Duration.ofHours(1);

    final LongAdder operations = new LongAdder();
    final LongAdder hits = new LongAdder();
    final LongAdder misses = new LongAdder();
    final LongAdder failures = new LongAdder();
    final LongAdder writesMet = new LongAdder();
    final LongAdder writesNotMet = new LongAdder();
    final LongAccumulator slowestNanos = new LongAccumulator(Math::max, 0);
    final Queue<String> wrong = new ConcurrentLinkedQueue<>();

    private final EvCache<Described> cache;
    private final AtomicLong sequence = new AtomicLong();

    MixedOperations(EvCache<Described> cache) {
        this.cache = cache;
    }

    /** Does that many operations on this thread. */
    void run(int count, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int done = 0; done < count; done += BATCH) {
            batch(Math.min(BATCH, count - done), random);
        }
    }

    /** Most operations of a batch are in flight together; some of the calling thread's are not. */
    private void batch(int size, SplittableRandom random) {
        List<CompletableFuture<?>> open = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            one(key(random), random, open);
            operations.increment();
        }
        CompletableFuture.allOf(open.toArray(CompletableFuture<?>[]::new)).join();
    }

    private void one(String key, SplittableRandom random, List<CompletableFuture<?>> open) {
        long start = System.nanoTime();
        switch (random.nextInt(20)) {
            case 0 -> {
                check(key, cache.lookup(key));
                took(start);
            }
            case 1 -> {
                count(cache.set(key, value(key), TTL));
                took(start);
            }
            case 2 -> {
                List<String> keys = keys(random);
                check(keys, cache.getAll(keys));
                took(start);
            }
            case 3 -> {
                List<String> keys = keys(random);
                open.add(cache.async().getAll(keys).thenAccept(found -> {
                    took(start);
                    check(keys, found);
                }));
            }
            case 4, 5, 6, 7, 8, 9, 10 ->
                open.add(cache.async().lookup(key).thenAccept(result -> {
                    took(start);
                    check(key, result);
                }));
            case 11 -> open.add(counted(cache.async().add(key, value(key), TTL), start));
            case 12 -> open.add(counted(cache.async().delete(key), start));
            case 13 -> open.add(counted(cache.async().touch(key, TTL), start));
            default -> open.add(counted(cache.async().set(key, value(key), TTL), start));
        }
    }

    private CompletableFuture<?> counted(WriteLatch latch, long start) {
        return latch.decided().toFuture().thenAccept(result -> {
            took(start);
            count(result.isMet());
        });
    }

    private void check(List<String> keys, Map<String, Described> found) {
        found.forEach(this::check);
        if (!keys.containsAll(found.keySet())) {
            wrong.add("asked for " + keys + ", got " + found.keySet());
        }
    }

    private void check(String key, GetResult<Described> result) {
        switch (result.status()) {
            case HIT -> check(key, result.found().orElseThrow());
            case MISS -> misses.increment();
            default -> {
                failures.increment();
                if (!(result.cause() instanceof DeadlineExceeded)) {
                    wrong.add(key + ": " + result);
                }
            }
        }
    }

    private void check(String key, Described value) {
        hits.increment();
        if (!value.key().equals(key) || value.sequence() > sequence.get() || value.padding() != padding(value)) {
            wrong.add("asked for " + key + ", got " + value);
        }
    }

    private Described value(String key) {
        long number = sequence.incrementAndGet();
        return new Described(key, number, padding(new Described(key, number, 0)));
    }

    /** Follows from the sequence number: mostly small, every 500th large enough to need several reads from a socket. */
    private static int padding(Described value) {
        return value.sequence() % 500 == 0 ? 100_000 : (int) (value.sequence() % 400);
    }

    private static String key(SplittableRandom random) {
        return "key-" + random.nextInt(KEYS);
    }

    private static List<String> keys(SplittableRandom random) {
        List<String> keys = new ArrayList<>(BULK);
        for (int i = 0; i < BULK; i++) {
            keys.add(key(random));
        }
        return keys;
    }

    private void count(boolean met) {
        (met ? writesMet : writesNotMet).increment();
    }

    private void took(long start) {
        slowestNanos.accumulate(System.nanoTime() - start);
    }

    @Override
    public String toString() {
        return operations + " operations: " + hits + " hits, " + misses + " misses, " + failures + " failures, "
                + writesMet
                + " writes met, " + writesNotMet + " not met, slowest " + slowestNanos.get() / 1_000_000 + " ms, "
                + wrong.size() + " wrong";
    }
}
