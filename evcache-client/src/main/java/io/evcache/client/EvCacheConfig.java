package io.evcache.client;

import static java.util.Objects.requireNonNull;

import io.evcache.client.pipeline.ReadPolicy;
import io.evcache.client.pipeline.WritePolicy;
import io.evcache.core.error.InvalidConfiguration;
import io.evcache.core.ring.RingDialect;
import io.evcache.core.tls.Tls;
import io.evcache.core.topology.Topology;
import io.evcache.core.transport.TransportConfig;
import io.evcache.core.value.StandardCodec;
import io.evcache.core.zone.BigValues;
import io.evcache.core.zone.ClusterConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What a client is told when it is built: where it is, which zones there are, how long to wait. Immutable; to change something, build another client and swap.
 *
 * <p>{@link Builder#build()} reports everything that is wrong at once.
 */
public final class EvCacheConfig {
    private final ChosenSettings settings;
    private final String localZone;
    private final @Nullable Topology topology;
    private final @Nullable BigValues bigValues;
    private final TransportConfig transport;

    private EvCacheConfig(ChosenSettings settings, String localZone, @Nullable Topology topology) {
        this.settings = settings;
        this.localZone = localZone;
        this.topology = topology;
        int maxValueBytes = settings.get(Settings.MAX_VALUE_BYTES);
        this.bigValues = settings.get(Settings.BIG_VALUES).effective(maxValueBytes);
        this.transport = transport(settings, bigValues == null ? maxValueBytes : bigValues.maxTotalBytes());
    }

    private static TransportConfig transport(ChosenSettings settings, long largestValue) {
        TransportConfig defaults = TransportConfig.defaults();
        long queuedBytes = Math.max(defaults.maxQueuedBytes(), Math.min(Integer.MAX_VALUE, 4L * largestValue));
        TransportConfig bounds = defaults.withConnectTimeout(settings.get(Settings.CONNECT_TIMEOUT))
                .withLanes(settings.get(Settings.CONNECTIONS_PER_NODE))
                .withMaxInFlight(settings.get(Settings.MAX_IN_FLIGHT_PER_CONNECTION))
                .withMaxValueBytes(settings.get(Settings.MAX_VALUE_BYTES))
                .withMaxQueuedBytes((int) queuedBytes);
        return settings.get(Settings.TLS).map(bounds::withTls).orElse(bounds);
    }

    /** Returns a builder without zones. */
    public static Builder builder() {
        return new Builder();
    }

    /** Returns a builder with the zones of a text, in the form that {@link #parse} reads. */
    public static Builder builder(String zones) {
        return new Builder().zones(zones);
    }

    /**
     * Reads {@code zone=host:port,host:port;zone2=host:port}; everything else has its default, and the first zone is the local one.
     *
     * @throws InvalidConfiguration with every problem of the text
     */
    public static EvCacheConfig parse(String zones) {
        return builder(zones).build();
    }

    /**
     * Reads a configuration from texts, as they come from a file or the environment. The keys are the names of the builder's methods; {@code docs/reference/configuration.md} lists them with what each may be.
     *
     * @throws InvalidConfiguration with every problem, a key that does not exist included
     */
    public static EvCacheConfig fromProperties(Map<String, String> properties) {
        return builder().properties(requireNonNull(properties, "properties")).build();
    }

    /** Returns the client's name, for logs, metrics and thread names. */
    public String name() {
        return settings.get(Settings.NAME);
    }

    /** Returns where this client runs. For people to read: {@code ReplicationInterceptor.to(publisher, region)} is told the region itself. */
    public String region() {
        return settings.get(Settings.REGION);
    }

    /** Returns the zone that is read first. */
    public String localZone() {
        return localZone;
    }

    /** Returns the configured zones; empty if they are to be discovered. */
    public Optional<Topology> topology() {
        return Optional.ofNullable(topology);
    }

    /** Returns how long a read may take in all, unless it was changed live. */
    public Duration readTimeout() {
        return settings.get(Settings.READ_TIMEOUT);
    }

    /** Returns how long a write may take until it is decided, unless it was changed live. */
    public Duration writeTimeout() {
        return settings.get(Settings.WRITE_TIMEOUT);
    }

    /** Returns the read policy of caches that choose none. */
    public ReadPolicy readPolicy() {
        return settings.get(Settings.READ_POLICY);
    }

    /** Returns the write policy of caches that choose none. */
    public WritePolicy writePolicy() {
        return settings.get(Settings.WRITE_POLICY);
    }

    /** Returns how keys are placed on nodes. */
    public RingDialect ringDialect() {
        return settings.get(Settings.RING_DIALECT);
    }

    /** Returns the delimiter before whose first occurrence in a key the key is hashed; empty if whole keys are. */
    public Optional<String> keepTogetherBefore() {
        return settings.get(Settings.KEEP_TOGETHER_BEFORE);
    }

    /** Returns how values too large for one item are stored; empty if they are refused. */
    public Optional<BigValues> bigValues() {
        return Optional.ofNullable(bigValues);
    }

    /** Returns the largest value that may be set, in bytes as encoded: with big values, the largest of those. */
    public int maxValueBytes() {
        return bigValues == null ? transport.maxValueBytes() : bigValues.maxTotalBytes();
    }

    /** Returns the bounds for the transport. */
    public TransportConfig transport() {
        return transport;
    }

    /** Returns the share of a zone's nodes that may go at once. */
    public double maxNodeLoss() {
        return settings.get(Settings.MAX_NODE_LOSS);
    }

    LiveSettings live() {
        return LiveSettings.of(settings);
    }

    ClusterConfig cluster() {
        ClusterConfig whole = ClusterConfig.of(name(), ringDialect());
        ClusterConfig cluster =
                keepTogetherBefore().map(whole::withKeysTogetherBefore).orElse(whole);
        return bigValues == null ? cluster : cluster.withBigValues(bigValues);
    }

    @Override
    public String toString() {
        return "EvCacheConfig(" + name() + ", region " + region() + ", local zone " + localZone + ", "
                + (topology == null ? "zones discovered" : topology) + ", reads "
                + readTimeout().toMillis() + " ms, writes " + writeTimeout().toMillis() + " ms " + writePolicy() + ")";
    }

    /** Collects a configuration, right or wrong. Not for use by several threads. */
    public static final class Builder {
        private final ConfiguredZones zones = new ConfiguredZones();
        private final List<String> problems = new ArrayList<>();
        private ChosenSettings settings = ChosenSettings.DEFAULTS;

        private Builder() {}

        /** Sets everything that these properties name, before or after other methods; see {@link EvCacheConfig#fromProperties}. What is wrong with them is reported by {@link #build}. */
        public Builder properties(Map<String, String> properties) {
            SettingProperties read = SettingProperties.read(properties, settings);
            settings = read.settings();
            problems.addAll(read.problems());
            settings.get(Settings.ZONES)
                    .filter(text -> properties.containsKey(Settings.ZONES.name()))
                    .ifPresent(zones::text);
            return this;
        }

        /** Sets the name for logs, metrics and thread names: 1 to 64 letters and digits of ASCII, dots, underscores and hyphens. Default: {@code evcache}. */
        public Builder name(String name) {
            return set(Settings.NAME, requireNonNull(name, "name"));
        }

        /** Sets where the client runs, for people to read, by the rules of {@link #name}. Replication is told the region where its interceptor is made, and marks its messages with that one. Default: {@code default}. */
        public Builder region(String region) {
            return set(Settings.REGION, requireNonNull(region, "region"));
        }

        /** Sets the zone that is read first: the one that the application itself runs in. Default: the first zone that serves reads. */
        public Builder localZone(String zone) {
            return set(Settings.LOCAL_ZONE, Optional.of(requireNonNull(zone, "zone")));
        }

        /** Adds a zone that serves reads and writes, its nodes as {@code host:port}, or as {@link ZoneSettings#nodes(String...)} says. The order of zones is the order of fallback; the text of a node decides its place on the ring. */
        public Builder zone(String name, String... nodes) {
            return zone(name, zone -> zone.nodes(nodes));
        }

        /** Adds a zone with settings of its own: {@code zone("c", z -> z.nodes(nodes).mode(ZoneMode.WRITE_ONLY))}. */
        public Builder zone(String name, UnaryOperator<ZoneSettings> settings) {
            requireNonNull(name, "name");
            zones.zone(name, settings.apply(new ZoneSettings()));
            return this;
        }

        /** Adds the zones of a text in the form of {@link EvCacheConfig#parse}. */
        public Builder zones(String text) {
            zones.text(text);
            return this;
        }

        /** Adds zones that are known already. */
        public Builder topology(Topology topology) {
            zones.topology(requireNonNull(topology, "topology"));
            return this;
        }

        /** Says that the zones come from the provider given to the client's builder. The local zone must be named then. Default: the zones are configured. */
        public Builder discoveredZones() {
            return set(Settings.DISCOVERED_ZONES, true);
        }

        /**
         * Sets how much a discovered topology may lose: the share of the nodes of a zone in service that may go at once, from 0 to 1. More, or a whole such zone, is taken for a mistake of the source and
         * refused until {@link EvCacheClient#acceptTopology()}; 1 believes everything. Default: 0.5.
         */
        public Builder maxNodeLoss(double share) {
            return set(Settings.MAX_NODE_LOSS, share);
        }

        /** Sets how long a read may take in all, fallback to other zones included: more than zero, at most an hour. Default: 100 ms. */
        public Builder readTimeout(Duration timeout) {
            return set(Settings.READ_TIMEOUT, requireNonNull(timeout, "timeout"));
        }

        /** Sets how long a write may take until it is decided: more than zero, at most an hour. Default: 500 ms. */
        public Builder writeTimeout(Duration timeout) {
            return set(Settings.WRITE_TIMEOUT, requireNonNull(timeout, "timeout"));
        }

        /** Sets which zones are read, and when the next one is asked. Default: {@link ReadPolicy#LOCAL_FIRST}. */
        public Builder readPolicy(ReadPolicy policy) {
            return set(Settings.READ_POLICY, requireNonNull(policy, "policy"));
        }

        /** Sets how many zones must have taken a write. Default: {@link WritePolicy#QUORUM}. */
        public Builder writePolicy(WritePolicy policy) {
            return set(Settings.WRITE_POLICY, requireNonNull(policy, "policy"));
        }

        /**
         * Sets how keys are placed on nodes; all clients that share the data must agree. Default: {@link RingDialect#LIBMEMCACHED}, which places by the configured text, whatever DNS says, and is
         * shared by clients in other languages. Change it to share a cache with Netflix's client or spymemcached.
         */
        public Builder ringDialect(RingDialect dialect) {
            return set(Settings.RING_DIALECT, requireNonNull(dialect, "dialect"));
        }

        /**
         * Places keys as Netflix's EVCache client does: ring dialect {@link RingDialect#EVCACHE}. With {@link StandardCodec#evCache()} as codec, and the prefix of its keys as the name of the cache, or
         * {@link CacheOptions#plainKeys()} where it has none, both clients read what the other wrote. Where it hashes keys or cuts values into chunks, the client needs the interceptors {@code HashedKeys} and {@code ChunkedValues} as well. Leave {@code bigValues} off.
         */
        public Builder compatibleWithNetflix() {
            return ringDialect(RingDialect.EVCACHE);
        }

        /**
         * Places keys as spymemcached does with its Ketama locator: ring dialect {@link RingDialect#SPYMEMCACHED}; nodes in the text that it is given them in. With {@link StandardCodec#spymemcached()} as codec and
         * {@link CacheOptions#plainKeys()}, both clients read what the other wrote. Leave {@code bigValues} off.
         */
        public Builder compatibleWithSpymemcached() {
            return ringDialect(RingDialect.SPYMEMCACHED);
        }

        /**
         * Has keys hashed only up to the first occurrence of this delimiter, so that keys of one beginning share a node; all clients that share the data must agree. The key is the one in memcached, which starts
         * with the cache's name and a colon: with {@code "/"}, {@code profiles:42/name} and {@code profiles:42/mail} are together. Default: whole keys are hashed.
         *
         * @param delimiter not empty, and not {@code ":"}, which would put a whole cache on one node
         */
        public Builder keepTogetherBefore(String delimiter) {
            return set(Settings.KEEP_TOGETHER_BEFORE, Optional.of(requireNonNull(delimiter, "delimiter")));
        }

        /**
         * Has values that are too large for one item, of {@code maxValueBytes}, stored in several, up to 8 MiB in all; see {@link #bigValues(BigValues)}. Default: they are refused.
         */
        public Builder bigValues() {
            return set(Settings.BIG_VALUES, settings.get(Settings.BIG_VALUES).allowed());
        }

        /**
         * Has values that are too large for one item stored in several; all clients that share the data must agree that they are. A large value takes two round trips, and is in memory twice while it is
         * read or written; others cost what they did. Default: they are refused.
         *
         * @param how its chunks at most as large as {@code maxValueBytes}
         */
        public Builder bigValues(BigValues how) {
            return set(Settings.BIG_VALUES, settings.get(Settings.BIG_VALUES).in(requireNonNull(how, "how")));
        }

        /** Has values over {@code chunkBytes} stored in several items, up to {@code maxTotalBytes} in all; see {@link #bigValues(BigValues)}. */
        public Builder bigValues(int chunkBytes, int maxTotalBytes) {
            return set(Settings.BIG_VALUES, settings.get(Settings.BIG_VALUES).in(chunkBytes, maxTotalBytes));
        }

        /**
         * Has every connection to every node encrypted: {@code tls(Tls.trusting(Path.of("ca.pem")))}. A server that does not answer in TLS, or whose certificate is not trusted or is for another host, counts as
         * down; nothing is ever sent to it in plaintext. Default: plaintext.
         */
        public Builder tls(Tls tls) {
            return set(Settings.TLS, Optional.of(requireNonNull(tls, "tls")));
        }

        /** Sets how long connecting to a node may take, a TLS handshake and its first answer included: more than zero, at most an hour. Default: 1 s. */
        public Builder connectTimeout(Duration timeout) {
            return set(Settings.CONNECT_TIMEOUT, requireNonNull(timeout, "timeout"));
        }

        /** Sets how many connections each node gets, each served by one thread that all nodes share: from 1 to 64. Default: half the cores, at least 1, at most 4. */
        public Builder connectionsPerNode(int connections) {
            return set(Settings.CONNECTIONS_PER_NODE, connections);
        }

        /** Sets how many commands may be queued or unanswered per connection, from 1 to 1,048,576; further ones fail at once as overloaded. Bulk calls are asked in parts of half as many. Default: 16,384. */
        public Builder maxInFlightPerConnection(int commands) {
            return set(Settings.MAX_IN_FLIGHT_PER_CONNECTION, commands);
        }

        /** Sets the largest value in one item, in bytes as encoded, from 1 to 1,073,741,824; larger ones are refused before any I/O, unless {@linkplain #bigValues() big values} are stored. Default: 1,047,552, what a server with its default item limit can take. Raise the servers' {@code -I} with it. */
        public Builder maxValueBytes(int bytes) {
            return set(Settings.MAX_VALUE_BYTES, bytes);
        }

        /**
         * Builds the configuration.
         *
         * @throws InvalidConfiguration with every problem that there is
         */
        public EvCacheConfig build() {
            List<String> found = new ArrayList<>(problems);
            found.addAll(zones.problems(settings));
            found.addAll(settings.problems());
            found.addAll(settings.get(Settings.BIG_VALUES).problems(settings.get(Settings.MAX_VALUE_BYTES)));
            if (!found.isEmpty()) {
                throw new InvalidConfiguration(found);
            }
            return new EvCacheConfig(settings, zones.localZone(settings), zones.build(settings));
        }

        private <T> Builder set(Setting<T> setting, T value) {
            settings = settings.with(setting, value);
            return this;
        }
    }
}
