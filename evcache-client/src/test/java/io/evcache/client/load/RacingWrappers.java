package io.evcache.client.load;

import io.evcache.client.EvCache;
import io.evcache.client.load.StaleSetRace.Wrapper;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/** Three ways to keep a cache in front of a database: ours, what is usually written by hand, and a lease beside the item. */
final class RacingWrappers {
    private RacingWrappers() {}

    static Wrapper leased(EvCache<Long> cache, StaleSetRace race) {
        CacheAside<String, Long> aside = CacheAside.over(cache, (String key) -> key)
                .loader(race::load)
                .maxConcurrentLoads(256)
                .loadTimeout(Duration.ofSeconds(60))
                .leases(Duration.ofSeconds(90), Duration.ofSeconds(50))
                .build();
        return new Wrapper() {
            @Override
            public CompletableFuture<?> get(String key) {
                return aside.async().get(key);
            }

            @Override
            public CompletableFuture<?> invalidate(String key) {
                return aside.async().invalidate(key);
            }

            @Override
            public boolean isQuiet() {
                return aside.loadsInFlight() == 0;
            }

            @Override
            public void close() {
                aside.close();
            }
        };
    }

    /** Get, and on a miss load and set; write, then delete. */
    static Wrapper plain(EvCache<Long> cache, StaleSetRace race) {
        return new ByHand(cache, race) {
            @Override
            void loadAndSet(String key) {
                cache.set(key, race.load(key));
            }
        };
    }

    /** The lease is an item of its own: whoever adds it loads, and stores only if the lease is still his. Deletes take the lease away. */
    static Wrapper shadowed(EvCache<Long> cache, StaleSetRace race) {
        return new ByHand(cache, race) {
            @Override
            void loadAndSet(String key) {
                String lease = key + "#lease";
                long token = ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE);
                boolean won = cache.add(lease, token, Duration.ofSeconds(60));
                Long value = race.load(key);
                Long held = won ? cache.get(lease) : null;
                if (held != null && held == token) {
                    cache.set(key, value); // what is deleted between the look and this comes back
                    cache.delete(lease);
                }
            }

            @Override
            void delete(String key) {
                cache.delete(key + "#lease");
                cache.delete(key);
            }
        };
    }

    private abstract static class ByHand implements Wrapper {
        final EvCache<Long> cache;
        final StaleSetRace race;
        private final ExecutorService threads = Executors.newCachedThreadPool();
        private final AtomicInteger open = new AtomicInteger();

        ByHand(EvCache<Long> cache, StaleSetRace race) {
            this.cache = cache;
            this.race = race;
        }

        abstract void loadAndSet(String key);

        void delete(String key) {
            cache.delete(key);
        }

        @Override
        public CompletableFuture<?> get(String key) {
            return run(() -> {
                if (cache.get(key) == null) {
                    loadAndSet(key);
                }
            });
        }

        @Override
        public CompletableFuture<?> invalidate(String key) {
            return run(() -> delete(key));
        }

        private CompletableFuture<?> run(Runnable task) {
            open.incrementAndGet();
            return CompletableFuture.runAsync(task, threads).whenComplete((done, failure) -> open.decrementAndGet());
        }

        @Override
        public boolean isQuiet() {
            return open.get() == 0;
        }

        @Override
        public void close() {
            threads.shutdownNow();
        }
    }
}
