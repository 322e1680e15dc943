package io.evcache.client;

import static java.util.Objects.requireNonNull;

import io.evcache.client.migration.Migration;
import io.evcache.client.migration.MigrationCounts;
import io.evcache.client.migration.MigrationInterceptor;
import io.evcache.client.near.NearCaches;
import io.evcache.client.pipeline.CacheObserver;
import io.evcache.client.pipeline.Interceptor;
import io.evcache.client.pipeline.Next;
import io.evcache.client.pipeline.Read;
import io.evcache.client.pipeline.WritePolicy;
import io.evcache.client.warmup.ZoneWarmUp;
import io.evcache.client.zones.Zones;
import io.evcache.core.command.Feature;
import io.evcache.core.command.Get;
import io.evcache.core.error.EvCacheException;
import io.evcache.core.error.InvalidConfiguration;
import io.evcache.core.key.Key;
import io.evcache.core.time.Deadline;
import io.evcache.core.time.Ticker;
import io.evcache.core.topology.TopologyProvider;
import io.evcache.core.topology.control.LossLimit;
import io.evcache.core.topology.control.TopologyControl;
import io.evcache.core.topology.control.TopologyObserver;
import io.evcache.core.topology.control.TopologyState;
import io.evcache.core.transport.Transport;
import io.evcache.core.transport.TransportFactory;
import io.evcache.core.transport.netty.NettyTransport;
import io.evcache.core.value.Codec;
import io.evcache.core.zone.Cluster;
import io.evcache.core.zone.ClusterView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client of one region's zones: every zone a full copy of the data, written all, read nearest first.
 *
 * <p>One per application is enough: thread-safe, all caches share its connections. It is usable as soon as it is built, whatever the state of the servers; nodes that are down are tried again in the
 * background, and meanwhile other zones answer. Its threads are daemons: the event loops, one for administration, the callback threads, one where zones are discovered, one per running {@linkplain #warmUp(String) warm-up}, and with TLS some for
 * handshakes.
 */
public final class EvCacheClient implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EvCacheClient.class);

    /** Beyond the connect timeout, for the administration thread to hear of the last attempt. */
    private static final Duration CONNECT_GRACE = Duration.ofMillis(250);

    /** For the one read at the start. Measured on two cores, fresh JVM, loopback: the first read of the application took about 1 ms after it, and 4 to 6 ms without. */
    private static final Duration WARM_UP_TIMEOUT = Duration.ofSeconds(1);

    private final EvCacheConfig config;
    private final Ticker ticker = Ticker.system();
    private final Callbacks callbacks;
    private final TopologyControl topology;
    private final String transport;
    private final Set<Feature> features;
    private final Cluster cluster;
    private final Live live;
    private final @Nullable MigrationInterceptor migration;
    private final Zones zones;
    private final NearCaches near;
    private final Observing pipeline;
    private final @Nullable Statistics statistics;
    private final AtomicBoolean closed = new AtomicBoolean();

    private EvCacheClient(Builder from, TopologyProvider topology) {
        this.config = from.config;
        this.callbacks = from.callbacks == null
                ? Callbacks.ofClient(config.name(), ticker)
                : Callbacks.on(from.callbacks, ticker);
        this.topology =
                TopologyControl.of(config.name(), topology, new LossLimit(config.maxNodeLoss()), from.topologyObserver);
        Transport transport = from.transport.start(config.transport());
        this.transport = transport.toString();
        this.features = transport.features();
        this.cluster = Cluster.open(config.cluster(), this.topology, transport);
        this.near = new NearCaches(ticker);
        this.live = new Live(config, this.topology, cluster, near, ticker);
        this.zones = features.contains(Feature.REMAINING_LIFE)
                ? Zones.of(cluster::view, config.localZone(), ticker, callbacks)
                : Zones.withoutBackfill(cluster::view, config.localZone(), ticker, callbacks);
        this.migration = from.migration;
        List<Interceptor> interceptors = from.allInterceptors();
        Next chain = new NearWrites(near, Intercepted.chain(interceptors, zones));
        this.pipeline = new Observing(from.observers, interceptors, chain, ticker);
        this.statistics = from.recordingStats ? new Statistics() : null;
        if (statistics != null) {
            pipeline.add(statistics);
        }
    }

    /**
     * Connects to the zones of a text such as {@code a=localhost:11211;b=localhost:11212}, with the default of everything else. The first zone is the local one.
     *
     * @throws InvalidConfiguration with every problem of the text
     */
    public static EvCacheClient connect(String zones) {
        return connect(EvCacheConfig.parse(zones));
    }

    /** Connects as configured; see {@link Builder#connect()}. */
    public static EvCacheClient connect(EvCacheConfig config) {
        return builder(config).connect();
    }

    /** Returns a builder for a client with parts of the user's own. */
    public static Builder builder(EvCacheConfig config) {
        return new Builder(requireNonNull(config, "config"));
    }

    /** Returns the cache of text under this name; see {@link #cache(String, Codec, UnaryOperator)}. */
    public EvCache<String> cache(String name) {
        return cache(name, Codec.utf8());
    }

    /** Returns the cache of this name with the client's policies; see {@link #cache(String, Codec, UnaryOperator)}. */
    public <V> EvCache<V> cache(String name, Codec<V> codec) {
        return cache(name, codec, options -> options);
    }

    /**
     * Returns a typed view of the items whose keys start with this name and a colon: key {@code 42} of cache {@code profiles} is {@code profiles:42} in memcached. Cheap, and without state but for a near cache; asking
     * twice gives two views of the same items.
     *
     * @param name the namespace: 1 to 200 bytes without whitespace, control characters and colons
     * @param options changes the defaults: {@code o -> o.ttl(Duration.ofHours(6)).ttlJitter(0.10)}
     * @throws IllegalArgumentException if the name or an option is illegal
     */
    public <V> EvCache<V> cache(String name, Codec<V> codec, UnaryOperator<CacheOptions<V>> options) {
        requireNonNull(name, "name");
        CacheOptions<V> chosen = chosen(CacheOptions.defaults(codec), options);
        Nearby<V> nearby = Nearby.of(name, chosen, near);
        Calls<V> calls = new Calls<>(name, chosen, config, live, pipeline, zones, ticker, nearby);
        return new EvCache<>(calls, callbacks, () -> cluster.lacking(Feature.LEASES));
    }

    /** Returns the counters of this name, each decided by one zone, with a write policy of {@link WritePolicy#ONE}; see {@link #counters(String, UnaryOperator)}. */
    public Counters counters(String name) {
        return counters(name, options -> options);
    }

    /**
     * Returns a view of the items whose keys start with this name and a colon as counters.
     *
     * @param name by the rules of a cache's
     * @param options changes the defaults: those of a cache, but {@link WritePolicy#ONE}, since one zone counts and the others have copies
     */
    public Counters counters(String name, UnaryOperator<CacheOptions<Long>> options) {
        requireNonNull(name, "name");
        CacheOptions<Long> defaults = CacheOptions.defaults(CounterText.CODEC).writePolicy(WritePolicy.ONE);
        return new Counters(
                new Calls<>(name, chosen(defaults, options), config, live, pipeline, zones, ticker, null), callbacks);
    }

    private static <V> CacheOptions<V> chosen(CacheOptions<V> defaults, UnaryOperator<CacheOptions<V>> options) {
        return requireNonNull(requireNonNull(options, "options").apply(defaults), "what options returned");
    }

    /** Returns the way that all reads and writes of this client take, observers and interceptors included; for whoever has keys and encoded values in hand, such as replication. */
    public Next pipeline() {
        return pipeline;
    }

    /** Adds an observer, which is told of the calls that begin from now on. */
    public void addObserver(CacheObserver observer) {
        pipeline.add(requireNonNull(observer, "observer"));
    }

    /** Removes an observer; calls that began before may still be told. Without effect on one that is not there. */
    public void removeObserver(CacheObserver observer) {
        pipeline.remove(requireNonNull(observer, "observer"));
    }

    /** Returns how all calls of this client have ended so far; all zeros unless {@link Builder#recordStats()}. */
    public CacheStats stats() {
        return statistics == null ? CacheStats.EMPTY : statistics.all();
    }

    /** Returns how the calls of one cache have ended so far; all zeros unless {@link Builder#recordStats()}, and for caches that nothing was asked of. Of more than 1,000 caches those beyond are counted in {@link #stats()} only. */
    public CacheStats stats(String cache) {
        requireNonNull(cache, "cache");
        return statistics == null ? CacheStats.EMPTY : statistics.of(cache);
    }

    /** Returns what exists now: the zones and their nodes. One look at a field. */
    public ClusterView view() {
        return cluster.view();
    }

    /** Returns the near caches of this client, for whoever hears of the writes of others. */
    public NearCaches nearCaches() {
        return near;
    }

    /**
     * Changes what can be changed while the client runs: {@code client.update(s -> s.readTimeout(Duration.ofMillis(20)).zoneMode("c", ZoneMode.DRAINING))}. All of it is one swap: calls that began
     * before go on by the settings that they began with. Modes of zones are in force when this returns, or moments later; one that would leave nothing to read until new nodes of another zone are connected to, once they are. Costs calls nothing; connections stay.
     *
     * @param change of the settings at the time; may be called again if somebody else changes them meanwhile
     * @return what holds now
     * @throws InvalidConfiguration with every problem; nothing has changed then
     */
    public LiveSettings update(UnaryOperator<LiveSettings> change) {
        return live.update(requireNonNull(change, "change"));
    }

    /** Returns the settings that hold now. */
    public LiveSettings settings() {
        return live.current();
    }

    /** Returns which zones there are to be, what was refused, and how often the source has failed. New nodes are connected to first: what calls go by is the {@link #view()}. */
    public TopologyState topology() {
        return topology.state();
    }

    /**
     * Takes the topology that was refused because it loses more than {@link EvCacheConfig.Builder#maxNodeLoss}.
     *
     * @return whether there was one
     */
    public boolean acceptTopology() {
        return topology.acceptRefused();
    }

    /** Returns how the migration goes; empty if there is none. */
    public Optional<MigrationCounts> migration() {
        return Optional.ofNullable(migration).map(MigrationInterceptor::counts);
    }

    /**
     * Returns how to fill a zone that only takes writes with what another one holds; nothing happens until it is started.
     *
     * @param zone the zone to fill, in {@link io.evcache.core.topology.ZoneMode#WRITE_ONLY}
     */
    public ZoneWarmUp warmUp(String zone) {
        return ZoneWarmUp.of(
                () -> closed.get() ? ClusterView.EMPTY : cluster.view(),
                cluster::admin,
                callbacks,
                requireNonNull(zone, "zone"),
                live.current().writeTimeout());
    }

    /** Returns what this client was built with. */
    public EvCacheConfig config() {
        return config;
    }

    /**
     * Closes every connection and ends the threads; calls in flight fail, and a warm-up ends without checking its latest copies. The user's own callback executor goes on. Idempotent; takes a few seconds at most. Do not call it from a callback that runs on an
     * event loop.
     */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            pipeline.close();
            cluster.close();
            callbacks.close();
            LOG.info("[{}] closed", config.name());
        }
    }

    private void start() {
        boolean complete = cluster.awaitFirstAttempts(
                Deadline.after(config.transport().connectTimeout().plus(CONNECT_GRACE), ticker));
        ZoneTable table = new ZoneTable(config, cluster.view());
        table.warnings(complete).forEach(warning -> LOG.warn("[{}] {}", config.name(), warning));
        table.limits(features).ifPresent(limits -> LOG.warn("[{}] {}", config.name(), limits));
        warmUp();
        LOG.info("[{}] started on {}: {}", config.name(), transport, this); // whether epoll is used stands nowhere else
    }

    /** One read past interceptors and observers, so that the first real one does not spend its deadline on loading classes. */
    private void warmUp() {
        Deadline deadline = Deadline.after(WARM_UP_TIMEOUT, ticker);
        try {
            zones.read(new Read("evcache", Get.of(Key.of("evcache.warm-up")), config.readPolicy(), deadline))
                    .await(deadline);
        } catch (EvCacheException e) {
            LOG.debug("[{}] nothing answered at the start", config.name(), e);
        }
    }

    /** The zones and their nodes, one zone per line. */
    @Override
    public String toString() {
        return new ZoneTable(config, cluster.view()).toString();
    }

    /** Collects the parts of a client that are code. Not for use by several threads. */
    public static final class Builder {
        private final EvCacheConfig config;
        private final List<Interceptor> interceptors = new ArrayList<>();
        private final List<CacheObserver> observers = new ArrayList<>();
        private boolean recordingStats;
        private @Nullable MigrationInterceptor migration;
        private TransportFactory transport = NettyTransport::start;
        private @Nullable TopologyProvider topology;
        private TopologyObserver topologyObserver = TopologyObserver.disabled();
        private @Nullable Executor callbacks;

        private Builder(EvCacheConfig config) {
            this.config = config;
        }

        /** Adds an interceptor behind those added before. Default: none. */
        public Builder interceptor(Interceptor interceptor) {
            interceptors.add(requireNonNull(interceptor, "interceptor"));
            return this;
        }

        /** Adds an observer. Default: none, which costs nothing. */
        public Builder observer(CacheObserver observer) {
            observers.add(requireNonNull(observer, "observer"));
            return this;
        }

        /** Has calls counted for {@link EvCacheClient#stats()}: one small object and a few increments per call. Default: they are not. */
        public Builder recordStats() {
            this.recordingStats = true;
            return this;
        }

        /** Has the old cluster's values found, and kept true, while its data moves here; see {@link #migratingFrom(EvCacheClient, UnaryOperator)}. */
        public Builder migratingFrom(EvCacheClient old) {
            return migratingFrom(old, migration -> migration);
        }

        /**
         * Has the old cluster's values found, and kept true, while its data moves here: reads ask it where this one has nothing or cannot answer, and it is told of every write. What it answers changes
         * nothing but misses, which are back-filled here if the old servers can tell how long a value has to live; when it is down, this client is as it would be alone, and a miss takes at most {@link Migration#readTimeout} longer. Both clusters must use the same names of caches. Default: there is no old cluster.
         *
         * @param old stays the caller's to close, after this one
         * @param how changes the defaults
         */
        public Builder migratingFrom(EvCacheClient old, UnaryOperator<Migration> how) {
            requireNonNull(old, "old");
            Migration chosen = requireNonNull(requireNonNull(how, "how").apply(Migration.USUAL), "what how returned");
            Migration possible = old.features.contains(Feature.REMAINING_LIFE) ? chosen : chosen.withoutBackfill();
            this.migration = new MigrationInterceptor(old.pipeline(), possible, Ticker.system());
            return this;
        }

        /** The migration is the last, so that what the others see is what the caller sees, and what fills the new cluster passes none of them. */
        private List<Interceptor> allInterceptors() {
            List<Interceptor> all = new ArrayList<>(interceptors);
            if (migration != null) {
                all.add(migration);
            }
            return all;
        }

        /** Sets how servers are reached. Default: memcached's meta protocol on Netty. */
        public Builder transport(TransportFactory transport) {
            this.transport = requireNonNull(transport, "transport");
            return this;
        }

        /** Sets who says which zones exist, now and later, in place of the zones of the configuration. Default: those zones, for ever. */
        public Builder topology(TopologyProvider topology) {
            this.topology = requireNonNull(topology, "topology");
            return this;
        }

        /** Sets who is told of changes of the topology, of refused ones and of failures of its source. Default: nobody; {@link EvCacheClient#topology()} has counts. */
        public Builder topologyObserver(TopologyObserver observer) {
            this.topologyObserver = requireNonNull(observer, "observer");
            return this;
        }

        /**
         * Sets where futures of the async API complete, and so where what the user attached to them runs. Default: threads of the client, one per core, with the context class loader of whoever connects it. {@code Runnable::run} saves a hand-off and is only
         * for callbacks that never block: they run on an event loop then, or on a caller of the sync API that reads answers in its place, and stop every call that shares it. What the executor rejects, or throws at, runs there, too.
         */
        public Builder callbackExecutor(Executor executor) {
            this.callbacks = requireNonNull(executor, "executor");
            return this;
        }

        /**
         * Connects. Waits for the first attempt to reach every node, at most the connect timeout and a little, and for one read; then the client is usable, whatever came of that. A start with nodes missing is
         * logged as a warning.
         *
         * @throws InvalidConfiguration if zones are to be discovered and nobody was given to do it
         * @throws IllegalArgumentException if the ring dialect needs the address of a node whose name cannot be resolved
         */
        public EvCacheClient connect() {
            EvCacheClient client = new EvCacheClient(this, provider());
            try {
                client.start();
                return client;
            } catch (Throwable e) {
                client.close();
                throw e;
            }
        }

        private TopologyProvider provider() {
            if (topology != null) {
                return topology;
            }
            return TopologyProvider.fixed(config.topology()
                    .orElseThrow(() -> new InvalidConfiguration(
                            List.of("zones are to be discovered, and no TopologyProvider was given"))));
        }
    }
}
