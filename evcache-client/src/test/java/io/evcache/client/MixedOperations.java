package io.evcache.client;

import io.evcache.client.pipeline.WriteLatch;
import io.evcache.core.error.DeadlineExceeded;
import io.evcache.core.error.EvCacheException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Many threads that do everything to the same keys, and look hard at what comes back. Each call counts as one operation, a {@code getAll} of many keys too. */
final class MixedOperations {
    private static final int BATCH = 50;
    private static final int BULK = 8;
    private static final Duration TTL = Duration.ofHours(1);

    /** Much longer than any deadline, so a call that is open by then has no end. */
    private static final Duration LOST = Duration.ofSeconds(30);

    final LongAdder operations = new LongAdder();
    final LongAdder hits = new LongAdder();
    final LongAdder misses = new LongAdder();
    final LongAdder failures = new LongAdder();
    final LongAdder writesMet = new LongAdder();
    final LongAdder writesNotMet = new LongAdder();
    final LongAccumulator slowestNanos = new LongAccumulator(Math::max, 0);
    final Queue<String> wrong = new ConcurrentLinkedQueue<>();

    private final EvCache<Described> cache;
    private final int keys;
    private final Predicate<@Nullable EvCacheException> expected;
    private final AtomicLong sequence = new AtomicLong();

    /** On servers that are well: nothing may fail but for a machine that is too slow. */
    MixedOperations(EvCache<Described> cache) {
        this(cache, 20_000, DeadlineExceeded.class::isInstance);
    }

    /**
     * Creates operations on a cache that nobody else writes to.
     *
     * @param keys how many different ones
     * @param expected which failures of reads are none of the client's fault
     */
    MixedOperations(EvCache<Described> cache, int keys, Predicate<@Nullable EvCacheException> expected) {
        this.cache = cache;
        this.keys = keys;
        this.expected = expected;
    }

    /** Does that many operations on this thread. */
    void run(int count, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int done = 0; done < count; done += BATCH) {
            batch(Math.min(BATCH, count - done), random);
        }
    }

    /** Does operations on this thread until told otherwise. */
    void runUntil(BooleanSupplier over, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        while (!over.getAsBoolean()) {
            batch(BATCH, random);
        }
    }

    /** Most operations of a batch are in flight together; some of the calling thread's are not. */
    private void batch(int size, SplittableRandom random) {
        List<CompletableFuture<?>> open = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            one(key(random), random, open);
            operations.increment();
        }
        try {
            CompletableFuture.allOf(open.toArray(CompletableFuture<?>[]::new))
                    .orTimeout(LOST.toSeconds(), TimeUnit.SECONDS)
                    .join();
        } catch (CompletionException e) {
            long lost = open.stream().filter(call -> !call.isDone()).count();
            wrong.add(lost + " calls have no end; " + e.getCause());
        }
    }

    private void one(String key, SplittableRandom random, List<CompletableFuture<?>> open) {
        long start = System.nanoTime();
        switch (random.nextInt(24)) {
            case 0 -> {
                check(key, cache.lookup(key));
                took(start);
            }
            case 1 -> {
                count(cache.set(key, value(key), TTL));
                took(start);
            }
            case 2 -> {
                List<String> several = keys(random);
                check(several, cache.getAll(several));
                took(start);
            }
            case 3 -> {
                List<String> several = keys(random);
                open.add(cache.async().getAll(several).thenAccept(found -> {
                    took(start);
                    check(several, found);
                }));
            }
            case 4, 5, 6, 7, 8, 9, 10 ->
                open.add(cache.async().lookup(key).thenAccept(result -> {
                    took(start);
                    check(key, result);
                }));
            case 11 -> {
                Described value = cache.get(key);
                took(start);
                if (value != null) {
                    check(key, value);
                }
            }
            case 12 ->
                open.add(cache.async().get(key).thenAccept(value -> {
                    took(start);
                    if (value != null) {
                        check(key, value);
                    }
                }));
            case 13 -> open.add(counted(cache.async().add(key, value(key), TTL), start));
            case 14 -> open.add(counted(cache.async().delete(key), start));
            case 15 -> open.add(counted(cache.async().touch(key, TTL), start));
            default -> open.add(counted(cache.async().set(key, value(key), TTL), start));
        }
    }

    private CompletableFuture<?> counted(WriteLatch latch, long start) {
        return latch.decided().toFuture().thenAccept(result -> {
            took(start);
            count(result.isMet());
        });
    }

    private void check(List<String> asked, Map<String, Described> found) {
        found.forEach(this::check);
        if (!asked.containsAll(found.keySet())) {
            wrong.add("asked for " + asked + ", got " + found.keySet());
        }
    }

    private void check(String key, GetResult<Described> result) {
        switch (result.status()) {
            case HIT -> check(key, result.found().orElseThrow());
            case MISS -> misses.increment();
            default -> {
                failures.increment();
                if (!expected.test(result.cause())) {
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

    private String key(SplittableRandom random) {
        return "key-" + random.nextInt(keys);
    }

    private List<String> keys(SplittableRandom random) {
        List<String> several = new ArrayList<>(BULK);
        for (int i = 0; i < BULK; i++) {
            several.add(key(random));
        }
        return several;
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
