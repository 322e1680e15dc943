package io.evcache.client.load;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.evcache.client.EvCache;
import io.evcache.client.EvCacheClient;
import io.evcache.client.EvCacheConfig;
import io.evcache.client.pipeline.ReadPolicy;
import io.evcache.core.value.Codec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;

/**
 * Writers change a database and invalidate, while programs in three zones read and load what they miss. Once all is quiet, every zone is compared with the database.
 *
 * <p>A round is one key, written once. In every tenth the order is forced: a loader has read the database, then comes the write with its invalidation, and only then does the loader return. In the others everybody runs at once, with small random delays.
 * Rounds run in batches at the same time. Each batch is compared on its own, so that a later write cannot hide what an earlier one has left.
 */
final class StaleSetRace {
    private static final int BATCH = 100;
    private static final int FORCED_EVERY = 10;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Map<String, Long> database = new ConcurrentHashMap<>();
    private final Map<String, Round> forced = new ConcurrentHashMap<>();
    private final Random random;

    /** One way of keeping a cache in front of a database, as one program uses it. */
    interface Wrapper extends AutoCloseable {
        CompletableFuture<?> get(String key);

        CompletableFuture<?> invalidate(String key);

        /** Returns whether nothing that was begun is still going on. */
        boolean isQuiet();

        @Override
        void close();
    }

    /** Makes the wrapper of one program. */
    interface Maker {
        Wrapper over(EvCache<Long> cache, StaleSetRace race);
    }

    /** A loader that must not return before the write is done. */
    private static final class Round {
        final CountDownLatch hasRead = new CountDownLatch(1);
        final CountDownLatch mayReturn = new CountDownLatch(1);
    }

    StaleSetRace(long seed) {
        this.random = new Random(seed);
    }

    /** Returns how many values in zones were older than the database in the end. */
    static int run(String zones, List<String> names, int rounds, Maker maker) {
        StaleSetRace race = new StaleSetRace(rounds);
        List<EvCacheClient> clients = new ArrayList<>();
        List<Wrapper> programs = new ArrayList<>();
        ExecutorService writers = Executors.newFixedThreadPool(4);
        try {
            for (String zone : names) {
                EvCacheClient client = EvCacheClient.connect(EvCacheConfig.builder(zones)
                        .localZone(zone)
                        .readTimeout(PATIENCE)
                        .writeTimeout(PATIENCE)
                        .build());
                clients.add(client);
                EvCache<Long> cache = client.cache("race", Codec.int64(), o -> o.ttl(Duration.ofMinutes(10)));
                programs.add(maker.over(cache, race));
            }
            EvCache<Long> look = clients.get(0).cache("race", Codec.int64());
            int stale = 0;
            for (int done = 0; done < rounds; done += BATCH) {
                stale += race.batch(programs, look, names, done, Math.min(BATCH, rounds - done), writers);
            }
            return stale;
        } finally {
            writers.shutdownNow();
            programs.forEach(Wrapper::close);
            clients.forEach(EvCacheClient::close);
        }
    }

    /** The query: what it returns was true when it began, and it takes a moment. */
    Long load(String key) {
        Long read = database.getOrDefault(key, 1L);
        Round round = forced.get(key);
        if (round == null) {
            LockSupport.parkNanos(Math.abs(key.hashCode() % 300) * 1_000L);
        } else if (round.hasRead.getCount() > 0) {
            round.hasRead.countDown();
            await(round.mayReturn);
        }
        return read;
    }

    private int batch(
            List<Wrapper> programs,
            EvCache<Long> look,
            List<String> zones,
            int first,
            int count,
            ExecutorService writers) {
        List<CompletableFuture<?>> all = new ArrayList<>();
        List<String> keys = new ArrayList<>();
        for (int i = first; i < first + count; i++) {
            String key = "k" + i;
            keys.add(key);
            if (i % FORCED_EVERY == 0) {
                all.add(forcedRound(key, programs, writers));
            } else {
                freeRound(key, programs, writers, all);
            }
        }
        CompletableFuture.allOf(all.toArray(CompletableFuture<?>[]::new))
                .orTimeout(120, SECONDS)
                .join();
        Awaitility.await().atMost(PATIENCE).until(() -> programs.stream().allMatch(Wrapper::isQuiet));
        forced.clear();
        return compare(look, zones, keys);
    }

    private CompletableFuture<?> forcedRound(String key, List<Wrapper> programs, ExecutorService writers) {
        Round round = new Round();
        forced.put(key, round);
        Wrapper reader = programs.get(random.nextInt(programs.size()));
        Wrapper writer = programs.get(random.nextInt(programs.size()));
        CompletableFuture<?> read = reader.get(key);
        CompletableFuture<?> written = CompletableFuture.runAsync(
                () -> {
                    await(round.hasRead);
                    write(key, writer).join();
                    round.mayReturn.countDown();
                },
                writers);
        return CompletableFuture.allOf(read, written);
    }

    private void freeRound(
            String key, List<Wrapper> programs, ExecutorService writers, List<CompletableFuture<?>> all) {
        int writeAt = random.nextInt(5);
        long delay = random.nextInt(400) * 1_000L;
        for (int i = 0; i < 5; i++) {
            Wrapper program = programs.get(random.nextInt(programs.size()));
            if (i == writeAt) {
                all.add(CompletableFuture.supplyAsync(
                                () -> {
                                    LockSupport.parkNanos(delay);
                                    return write(key, program);
                                },
                                writers)
                        .thenCompose(invalidated -> invalidated));
            } else {
                all.add(program.get(key));
            }
        }
    }

    private CompletableFuture<?> write(String key, Wrapper program) {
        database.merge(key, 2L, (before, two) -> before + 1);
        return program.invalidate(key);
    }

    private int compare(EvCache<Long> look, List<String> zones, List<String> keys) {
        int stale = 0;
        for (String zone : zones) {
            Map<String, Long> held = new LinkedHashMap<>(
                    look.reading(ReadPolicy.inOrder(List.of(zone))).getAll(keys));
            for (Map.Entry<String, Long> item : held.entrySet()) {
                stale += item.getValue() < database.getOrDefault(item.getKey(), 1L) ? 1 : 0;
            }
        }
        return stale;
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(60, SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
