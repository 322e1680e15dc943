package io.evcache.client.metrics;

import static java.util.Objects.requireNonNull;

import io.evcache.client.EvCache;
import io.evcache.client.EvCacheClient;
import io.evcache.client.load.CacheAside;
import io.evcache.client.pipeline.CacheObserver;
import io.evcache.client.pipeline.Read;
import io.evcache.client.pipeline.ReadResult;
import io.evcache.client.pipeline.Write;
import io.evcache.client.pipeline.WriteResult;
import io.evcache.core.error.EvCacheException;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import java.util.Collection;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Meters of a client in a Micrometer registry: {@code cache.gets} and the like under their standard names, times of operations, fates of write policies, sizes of values, the state of nodes and
 * queues, and what becomes of the topology and of a migration. Near caches, hot keys and loads are shown of what it is told to {@linkplain #watch(EvCache) watch}. {@code docs/reference/metrics.md} lists them all.
 *
 * <p>Each meter is found once and kept; a call costs one small object and a few increments. Tags are bounded: never a key, at most 100 caches and 32 zones, the rest are {@code other}. Histograms are the application's
 * choice, by a {@code MeterFilter}. Clients in one registry need different names: meters of one name are shared, and closing one client removes them for both. Needs {@code io.micrometer:micrometer-core} on the class path. Thread-safe.
 *
 * <pre>{@code MicrometerMetrics.bind(client, registry);}</pre>
 */
public final class MicrometerMetrics implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MicrometerMetrics.class);
    private static final int MOST_CACHES = 100;

    private final EvCacheClient client;
    private final Registered registered;
    private final Observer observer = new Observer();
    private final Bounded<CacheMeters> caches;
    private final Bounded<NearMeters> near;
    private final Bounded<LoadMeters> loads;
    private final ZoneGauges gauges;

    private MicrometerMetrics(EvCacheClient client, Registered registered) {
        this.client = client;
        this.registered = registered;
        this.caches = new Bounded<>(MOST_CACHES, cache -> new CacheMeters(registered, cache));
        this.near = new Bounded<>(MOST_CACHES, cache -> new NearMeters(registered, cache));
        this.loads = new Bounded<>(MOST_CACHES, cache -> new LoadMeters(registered, cache));
        this.gauges = new ZoneGauges(registered, client);
    }

    /** Registers the meters of a client, until the client or the returned object is closed. */
    public static MicrometerMetrics bind(EvCacheClient client, MeterRegistry registry) {
        return bind(client, registry, List.of());
    }

    /**
     * Registers the meters of a client with further tags, such as those that other caches of the application have on {@code cache.gets}: some monitoring systems want the same tags on all meters of a name.
     *
     * @throws IllegalStateException if Micrometer is not on the class path
     */
    public static MicrometerMetrics bind(EvCacheClient client, MeterRegistry registry, Iterable<Tag> tags) {
        Micrometer.require("MicrometerMetrics");
        requireNonNull(client, "client");
        requireNonNull(registry, "registry");
        Registered registered = new Registered(registry, client.config().name(), Tags.of(tags));
        MicrometerMetrics metrics = new MicrometerMetrics(client, registered);
        Collection<Meter> before =
                registry.find(Meters.TOPOLOGY_REFUSED.meterName()).meters();
        metrics.gauges.follow(client.view());
        ClusterMeters.register(registered, client);
        if (registered.shares(before)) {
            LOG.warn(
                    "[{}] the registry has meters of a client of this name already; they are shared, and when one client is"
                            + " closed they are gone for both: give each a name of its own",
                    registered.client());
        }
        client.addObserver(metrics.observer);
        return metrics;
    }

    /**
     * Shows what this cache of the client has near, and how much of its reads go to the hottest key. Views of the same cache are added up, and the highest share is shown; but what
     * {@link EvCache#reading} returns shares its near cache with the one that it is from, so watch only one of them. Once is enough; do it where the cache is made, since it is held until this is closed. Thread-safe.
     *
     * @return this
     */
    public MicrometerMetrics watch(EvCache<?> cache) {
        near.of(requireNonNull(cache, "cache").items().name()).add(cache);
        return this;
    }

    /**
     * Shows the loads of this cache-aside, which is over a cache of the client. Several over the same cache are added up. Once is enough; do it where it is made, since it is held until this is closed, and its counts
     * are shown until then. Thread-safe.
     *
     * @return this
     */
    public MicrometerMetrics watch(CacheAside<?, ?> aside) {
        loads.of(requireNonNull(aside, "aside").cacheName()).add(aside);
        return this;
    }

    /** Removes the meters from the registry. Idempotent; closing the client does it, too. */
    @Override
    public void close() {
        client.removeObserver(observer);
        registered.removeAll();
    }

    @Override
    public String toString() {
        return "MicrometerMetrics(" + registered.client() + ")";
    }

    private final class Observer implements CacheObserver {
        @Override
        public void read(Read read, ReadResult result, long nanos) {
            if (isOpen()) {
                caches.of(read.cache()).read(read, result, nanos);
            }
        }

        @Override
        public void readFailed(Read read, EvCacheException failure, long nanos) {
            if (isOpen()) {
                caches.of(read.cache()).readFailed(read, failure, nanos);
            }
        }

        @Override
        public void written(Write write, WriteResult result, long nanos) {
            if (isOpen()) {
                caches.of(write.cache()).written(write, result, nanos);
            }
        }

        @Override
        public void closed() {
            close();
        }

        private boolean isOpen() {
            gauges.follow(client.view());
            return !registered.isRemoved();
        }
    }
}
