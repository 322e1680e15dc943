package io.evcache.client.near;

import io.evcache.core.key.Key;
import io.evcache.core.time.Ticker;
import java.lang.ref.WeakReference;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * All near caches of one client, by the names of their caches: for its own writes, and for whoever hears of the writes of others.
 *
 * <p>A cache that nobody holds any more is forgotten, and its name once another one is made. Thread-safe; nothing here waits.
 */
public final class NearCaches {
    static final String COORDINATE = "com.github.ben-manes.caffeine:caffeine";

    private static final byte SEPARATOR = ':';

    /** Where caches are whose keys have no name in front; no cache is named so. */
    private static final String PLAIN = "";

    private final Ticker ticker;
    private final Feeds feeds = new Feeds();
    private final Map<String, List<WeakReference<NearCache<?>>>> byName = new ConcurrentHashMap<>();

    /** Creates the near caches of one client, none at first; the ticker tells the ages of values. */
    public NearCaches(Ticker ticker) {
        this.ticker = ticker;
    }

    /**
     * Makes a near cache for the cache of this name, whose keys begin with it and a colon.
     *
     * @throws IllegalStateException if Caffeine is not on the class path
     */
    public <V> NearCache<V> create(String cache, NearCacheOptions options) {
        return created(cache, options);
    }

    /**
     * Makes a near cache for a cache whose keys are in memcached as the application names them. It is told of every key that is written.
     *
     * @throws IllegalStateException if Caffeine is not on the class path
     */
    public <V> NearCache<V> createForPlainKeys(NearCacheOptions options) {
        return created(PLAIN, options);
    }

    private <V> NearCache<V> created(String cache, NearCacheOptions options) {
        NearCache<V> created = made(options);
        byName.values().removeIf(all -> all.stream().allMatch(one -> one.refersTo(null))); // names made of data
        byName.compute(cache, (name, known) -> {
            List<WeakReference<NearCache<?>>> all = new ArrayList<>();
            if (known != null) {
                known.stream().filter(one -> !one.refersTo(null)).forEach(all::add);
            }
            all.add(new WeakReference<>(created));
            return List.copyOf(all);
        });
        return created;
    }

    /** Without Caffeine the class of near caches cannot be linked, whatever is called first. */
    private <V> NearCache<V> made(NearCacheOptions options) {
        try {
            return new NearCache<>(options, ticker, feeds);
        } catch (NoClassDefFoundError e) {
            throw new IllegalStateException("a near cache needs " + COORDINATE + " on the class path", e);
        }
    }

    /** Returns whether there is none, so that nothing needs to be told. */
    public boolean isEmpty() {
        return byName.isEmpty();
    }

    /** Returns the names of the caches that are known. */
    Set<String> names() {
        return Set.copyOf(byName.keySet());
    }

    /** Takes the key out wherever it is kept; nothing is kept for it until the write {@linkplain Writing#end ends}. */
    public Writing beginWrite(Key key) {
        List<Told> told = new ArrayList<>(1);
        withNearCaches(key, (near, name) -> {
            near.beginWrite(name);
            told.add(new Told(near, name));
        });
        return new Writing(told);
    }

    /** Takes the key out wherever it is kept: somebody has changed it. */
    public void invalidate(Key key) {
        withNearCaches(key, NearCache::invalidate);
    }

    /** Drops everything from all near caches. */
    public void clear() {
        byName.values().forEach(all -> each(all, NearCache::clear));
    }

    /** Announces a source that tells of the writes of others. Until it has {@linkplain Feed#renew begun}, nothing counts on it. */
    public Feed openFeed() {
        Feed feed = new Feed();
        feeds.add(feed);
        return feed;
    }

    /** The action gets the key as the application names it in that cache. */
    private void withNearCaches(Key key, BiConsumer<NearCache<?>, String> action) {
        byte[] bytes = key.bytes();
        int separator = separatorOf(bytes);
        if (separator > 0 && separator < bytes.length) {
            List<WeakReference<NearCache<?>>> named =
                    byName.get(new String(bytes, 0, separator, StandardCharsets.UTF_8));
            if (named != null) {
                String name = new String(bytes, separator + 1, bytes.length - separator - 1, StandardCharsets.UTF_8);
                each(named, near -> action.accept(near, name));
            }
        }
        List<WeakReference<NearCache<?>>> plain = byName.get(PLAIN);
        if (plain != null) {
            String name = new String(bytes, StandardCharsets.UTF_8);
            each(plain, near -> action.accept(near, name));
        }
    }

    /** The name of a cache holds none. */
    private static int separatorOf(byte[] key) {
        int at = 0;
        while (at < key.length && key[at] != SEPARATOR) {
            at++;
        }
        return at;
    }

    private static void each(List<WeakReference<NearCache<?>>> all, Consumer<NearCache<?>> action) {
        for (WeakReference<NearCache<?>> one : all) {
            NearCache<?> near = one.get();
            if (near != null) {
                action.accept(near);
            }
        }
    }

    /** A near cache, and the name by which it knows a key. */
    private record Told(NearCache<?> near, String name) {}

    /** A write of this client on its way. */
    public static final class Writing {
        private final List<Told> told;

        private Writing(List<Told> told) {
            this.told = told;
        }

        /** No zone can change its mind any more. To be called once. */
        public void end() {
            told.forEach(one -> one.near.endWrite(one.name));
        }
    }

    /**
     * One source of others' writes. It says until when it answers for having told of everything; while that is in the future, values live for {@link NearCacheOptions#expireAfterWriteWithFeed}. Used by one thread.
     */
    public final class Feed implements AutoCloseable {
        // Written by the feed's thread, read by Feeds under its lock.
        private volatile boolean begun;
        private volatile long until;

        private Feed() {}

        /** Tells of a write. */
        public void invalidate(Key key) {
            NearCaches.this.invalidate(key);
        }

        /**
         * Answers for everything that was written up to {@code upTo}, for so long from then on. If it did not answer just before, everything is dropped first: nobody knows what it missed.
         *
         * @param upTo a moment of {@link #nanos()} at which nothing untold was left; never decreases
         */
        public void renew(long upTo, Duration validity) {
            long next = upTo + validity.toNanos();
            if (next - ticker.nanos() <= 0) {
                return; // too late already
            }
            if (!begun || until - ticker.nanos() <= 0) {
                clear();
            }
            begun = true;
            until = next;
            feeds.update();
        }

        /** What was told so far has a gap: nothing counts on this feed until the next {@link #renew}. */
        public void lost() {
            if (begun) {
                begun = false;
                feeds.update();
                clear();
            }
        }

        /** Returns the present moment of the clock that {@link #renew} goes by. */
        public long nanos() {
            return ticker.nanos();
        }

        boolean hasBegun() {
            return begun;
        }

        long until() {
            return until;
        }

        /** Tells nothing any more. */
        @Override
        public void close() {
            lost();
            feeds.remove(this);
        }
    }
}
