package io.evcache.client;

import static java.util.Objects.requireNonNull;

import io.evcache.client.pipeline.ReadPolicy;
import io.evcache.client.pipeline.WritePolicy;
import io.evcache.core.error.InvalidConfiguration;
import io.evcache.core.ring.RingDialect;
import io.evcache.core.topology.Topology;
import io.evcache.core.topology.TopologyDraft;
import io.evcache.core.topology.Zone;
import io.evcache.core.topology.ZoneMode;
import io.evcache.core.transport.TransportConfig;
import io.evcache.core.zone.BigValues;
import io.evcache.core.zone.ClusterConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What a client is told when it is built: where it is, which zones there are, how long to wait. Immutable; to change something, build another client and swap.
 *
 * <p>{@link Builder#build()} reports everything that is wrong at once.
 */
public final class EvCacheConfig {
    private static final Duration LONGEST_TIMEOUT = Duration.ofHours(1);

    /** 8 MiB are cut into at most 4,096 chunks. */
    private static final int SHORTEST_DEFAULT_CHUNK = 2_048;

    private final String name;
    private final String region;
    private final String localZone;
    private final @Nullable Topology topology;
    private final Duration readTimeout;
    private final Duration writeTimeout;
    private final ReadPolicy readPolicy;
    private final WritePolicy writePolicy;
    private final RingDialect ringDialect;
    private final @Nullable String keepTogetherBefore;
    private final @Nullable BigValues bigValues;
    private final TransportConfig transport;

    private EvCacheConfig(Builder from, String localZone, @Nullable Topology topology, TransportConfig transport) {
        this.name = from.name;
        this.region = from.region;
        this.localZone = localZone;
        this.topology = topology;
        this.readTimeout = from.readTimeout;
        this.writeTimeout = from.writeTimeout;
        this.readPolicy = from.readPolicy;
        this.writePolicy = from.writePolicy;
        this.ringDialect = from.ringDialect;
        this.keepTogetherBefore = from.keepTogetherBefore;
        this.bigValues = from.effectiveBigValues();
        this.transport = transport;
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

    /** Returns the client's name, for logs and thread names. */
    public String name() {
        return name;
    }

    /** Returns where this client runs; replication marks its messages with it. */
    public String region() {
        return region;
    }

    /** Returns the zone that is read first. */
    public String localZone() {
        return localZone;
    }

    /** Returns the configured zones; empty if they are to be discovered. */
    public Optional<Topology> topology() {
        return Optional.ofNullable(topology);
    }

    public Duration readTimeout() {
        return readTimeout;
    }

    public Duration writeTimeout() {
        return writeTimeout;
    }

    /** Returns the read policy of caches that choose none. */
    public ReadPolicy readPolicy() {
        return readPolicy;
    }

    /** Returns the write policy of caches that choose none. */
    public WritePolicy writePolicy() {
        return writePolicy;
    }

    public RingDialect ringDialect() {
        return ringDialect;
    }

    /** Returns the delimiter before whose first occurrence in a key the key is hashed; empty if whole keys are. */
    public Optional<String> keepTogetherBefore() {
        return Optional.ofNullable(keepTogetherBefore);
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

    ClusterConfig cluster() {
        ClusterConfig cluster = ClusterConfig.of(name, ringDialect);
        if (keepTogetherBefore != null) {
            cluster = cluster.withKeysTogetherBefore(keepTogetherBefore);
        }
        return bigValues == null ? cluster : cluster.withBigValues(bigValues);
    }

    @Override
    public String toString() {
        return "EvCacheConfig(" + name + ", region " + region + ", local zone " + localZone + ", "
                + (topology == null ? "zones discovered" : topology) + ", reads " + readTimeout.toMillis()
                + " ms, writes "
                + writeTimeout.toMillis() + " ms " + writePolicy + ")";
    }

    /** Collects a configuration, right or wrong. Not for use by several threads. */
    public static final class Builder {
        private final TransportConfig defaults = TransportConfig.defaults();
        private final TopologyDraft draft = new TopologyDraft();
        private final List<Named> named = new ArrayList<>();
        private String name = "evcache";
        private String region = "default";
        private @Nullable String localZone;
        private boolean discovered;
        private Duration readTimeout = Duration.ofMillis(100);
        private Duration writeTimeout = Duration.ofMillis(500);
        private ReadPolicy readPolicy = ReadPolicy.LOCAL_FIRST;
        private WritePolicy writePolicy = WritePolicy.QUORUM;
        private RingDialect ringDialect = RingDialect.LIBMEMCACHED;
        private @Nullable String keepTogetherBefore;
        private boolean storingBigValues;
        private @Nullable BigValues bigValues;
        private final List<String> bigValuesProblems = new ArrayList<>();
        private Duration connectTimeout = defaults.connectTimeout();
        private int connectionsPerNode = defaults.lanes();
        private int maxInFlightPerConnection = defaults.maxInFlight();
        private int maxValueBytes = defaults.maxValueBytes();

        private record Named(String zone, ZoneMode mode) {}

        private Builder() {}

        /** Sets the name for logs and thread names: letters, digits, dot, underscore, hyphen. Default: {@code evcache}. */
        public Builder name(String name) {
            this.name = requireNonNull(name, "name");
            return this;
        }

        /** Sets where the client runs; needed for replication, by the rules of a name. Default: {@code default}. */
        public Builder region(String region) {
            this.region = requireNonNull(region, "region");
            return this;
        }

        /** Sets the zone that is read first: the one that the application itself runs in. Default: the first zone that serves reads. */
        public Builder localZone(String zone) {
            this.localZone = requireNonNull(zone, "zone");
            return this;
        }

        /** Adds a zone that serves reads and writes, its nodes as {@code host:port}. The order of zones is the order of fallback; the text of a node decides its place on the ring. */
        public Builder zone(String name, String... nodes) {
            return zone(name, zone -> zone.nodes(nodes));
        }

        /** Adds a zone with settings of its own: {@code zone("c", z -> z.nodes(nodes).mode(ZoneMode.WRITE_ONLY))}. */
        public Builder zone(String name, UnaryOperator<ZoneSettings> settings) {
            requireNonNull(name, "name");
            ZoneSettings zone = settings.apply(new ZoneSettings());
            draft.zone(name, zone.mode(), zone.nodes());
            named.add(new Named(name, zone.mode()));
            return this;
        }

        /** Adds the zones of a text in the form of {@link EvCacheConfig#parse}. */
        public Builder zones(String text) {
            draft.text(text);
            for (String part : text.split(";", -1)) {
                int equals = part.indexOf('=');
                if (equals > 0) {
                    named.add(new Named(part.substring(0, equals).strip(), ZoneMode.READ_WRITE));
                }
            }
            return this;
        }

        /** Adds zones that are known already, such as those of an embedded test fixture. */
        public Builder topology(Topology topology) {
            for (Zone zone : topology.zones()) {
                draft.zoneOf(zone.name(), zone.mode(), zone.nodes());
                named.add(new Named(zone.name(), zone.mode()));
            }
            return this;
        }

        /** Says that the zones come from the provider given to the client's builder. The local zone must be named then. Default: the zones are configured. */
        public Builder discoveredZones() {
            this.discovered = true;
            return this;
        }

        /** Sets how long a read may take in all, fallback to other zones included: more than zero, at most an hour. Default: 100 ms. */
        public Builder readTimeout(Duration timeout) {
            this.readTimeout = requireNonNull(timeout, "timeout");
            return this;
        }

        /** Sets how long a write may take until it is decided: more than zero, at most an hour. Default: 500 ms. */
        public Builder writeTimeout(Duration timeout) {
            this.writeTimeout = requireNonNull(timeout, "timeout");
            return this;
        }

        /** Sets which zones are read, and when the next one is asked. Default: {@link ReadPolicy#LOCAL_FIRST}. */
        public Builder readPolicy(ReadPolicy policy) {
            this.readPolicy = requireNonNull(policy, "policy");
            return this;
        }

        /** Sets how many zones must have taken a write. Default: {@link WritePolicy#QUORUM}. */
        public Builder writePolicy(WritePolicy policy) {
            this.writePolicy = requireNonNull(policy, "policy");
            return this;
        }

        /**
         * Sets how keys are placed on nodes; all clients that share the data must agree. Default: {@link RingDialect#LIBMEMCACHED}, which places by the configured text, whatever DNS says, and is
         * shared by clients in other languages. Change it to share a cache with Netflix's client or spymemcached.
         */
        public Builder ringDialect(RingDialect dialect) {
            this.ringDialect = requireNonNull(dialect, "dialect");
            return this;
        }

        /**
         * Has keys hashed only up to the first occurrence of this delimiter, so that keys of one beginning share a node; all clients that share the data must agree. The key is the one in memcached, which starts
         * with the cache's name and a colon: with {@code "/"}, {@code profiles:42/name} and {@code profiles:42/mail} are together. Default: whole keys are hashed.
         *
         * @param delimiter not empty, and not {@code ":"}, which would put a whole cache on one node
         */
        public Builder keepTogetherBefore(String delimiter) {
            this.keepTogetherBefore = requireNonNull(delimiter, "delimiter");
            return this;
        }

        /**
         * Has values that are too large for one item, of {@code maxValueBytes}, stored in several, up to 8 MiB in all; see {@link #bigValues(BigValues)}. Default: they are refused.
         */
        public Builder bigValues() {
            this.storingBigValues = true;
            this.bigValues = null;
            return this;
        }

        /**
         * Has values that are too large for one item stored in several; all clients that share the data must agree that they are. A large value takes two round trips, and is in memory twice while it is
         * read or written; others cost what they did. Default: they are refused.
         *
         * @param how its chunks at most as large as {@code maxValueBytes}
         */
        public Builder bigValues(BigValues how) {
            this.storingBigValues = true;
            this.bigValues = requireNonNull(how, "how");
            return this;
        }

        /** Has values over {@code chunkBytes} stored in several items, up to {@code maxTotalBytes} in all; see {@link #bigValues(BigValues)}. */
        public Builder bigValues(int chunkBytes, int maxTotalBytes) {
            try {
                return bigValues(new BigValues(chunkBytes, maxTotalBytes));
            } catch (InvalidConfiguration e) {
                bigValuesProblems.addAll(e.problems());
                return this;
            }
        }

        /** Sets how long connecting to a node may take, its first answer included. Default: 1 s. */
        public Builder connectTimeout(Duration timeout) {
            this.connectTimeout = requireNonNull(timeout, "timeout");
            return this;
        }

        /** Sets how many connections each node gets, each served by one thread that all nodes share: from 1 to 64. Default: half the cores, at least 1, at most 4. */
        public Builder connectionsPerNode(int connections) {
            this.connectionsPerNode = connections;
            return this;
        }

        /** Sets how many commands may be queued or unanswered per connection; further ones fail at once. Default: 16,384. */
        public Builder maxInFlightPerConnection(int commands) {
            this.maxInFlightPerConnection = commands;
            return this;
        }

        /** Sets the largest value in one item, in bytes as encoded; larger ones are refused before any I/O, unless {@linkplain #bigValues() big values} are stored. Default: 1,047,552, what a server with its default item limit can take. Raise the servers' {@code -I} with it. */
        public Builder maxValueBytes(int bytes) {
            this.maxValueBytes = bytes;
            return this;
        }

        /**
         * Builds the configuration.
         *
         * @throws InvalidConfiguration with every problem that there is
         */
        public EvCacheConfig build() {
            List<String> problems = new ArrayList<>();
            checkNames(problems);
            checkZones(problems);
            checkTimeout(problems, "readTimeout", readTimeout);
            checkTimeout(problems, "writeTimeout", writeTimeout);
            checkTimeout(problems, "connectTimeout", connectTimeout);
            checkRange(problems, "connectionsPerNode", connectionsPerNode, 64);
            checkRange(problems, "maxInFlightPerConnection", maxInFlightPerConnection, 1 << 20);
            checkRange(problems, "maxValueBytes", maxValueBytes, 1 << 30);
            checkKeepTogether(problems);
            checkBigValues(problems);
            if (!problems.isEmpty()) {
                throw new InvalidConfiguration(problems);
            }
            return new EvCacheConfig(this, effectiveLocalZone(), discovered ? null : draft.build(), transport());
        }

        private TransportConfig transport() {
            BigValues big = effectiveBigValues();
            long largest = big == null ? maxValueBytes : big.maxTotalBytes();
            return defaults.withConnectTimeout(connectTimeout)
                    .withLanes(connectionsPerNode)
                    .withMaxInFlight(maxInFlightPerConnection)
                    .withMaxValueBytes(maxValueBytes)
                    .withMaxQueuedBytes(
                            (int) Math.max(defaults.maxQueuedBytes(), Math.min(Integer.MAX_VALUE, 4L * largest)));
        }

        private @Nullable BigValues effectiveBigValues() {
            if (!storingBigValues || bigValues != null) {
                return bigValues;
            }
            return BigValues.of(defaults.withMaxValueBytes(maxValueBytes));
        }

        private String effectiveLocalZone() {
            return localZone != null ? localZone : readable().get(0);
        }

        private List<String> readable() {
            return named.stream()
                    .filter(zone -> zone.mode() == ZoneMode.READ_WRITE)
                    .map(Named::zone)
                    .toList();
        }

        private void checkNames(List<String> problems) {
            checkName(problems, "name", name);
            checkName(problems, "region", region);
        }

        private void checkZones(List<String> problems) {
            if (discovered) {
                if (!named.isEmpty()) {
                    problems.add("zones are both configured and to be discovered; choose one");
                }
                if (localZone == null) {
                    problems.add("localZone must be named when zones are discovered");
                }
                return;
            }
            problems.addAll(draft.problems());
            if (named.isEmpty()) {
                return;
            }
            if (readable().isEmpty()) {
                problems.add("all zones are WRITE_ONLY, so nothing could be read");
            }
            if (localZone != null) {
                checkLocalZone(problems, localZone);
            }
        }

        private void checkLocalZone(List<String> problems, String local) {
            List<String> names = named.stream().map(Named::zone).toList();
            if (!names.contains(local)) {
                problems.add("localZone '" + local + "' is not one of the zones " + names);
            } else if (!readable().contains(local)) {
                problems.add("localZone '" + local + "' is WRITE_ONLY, so it cannot be read first");
            }
        }

        private void checkKeepTogether(List<String> problems) {
            if (keepTogetherBefore != null && keepTogetherBefore.isEmpty()) {
                problems.add("keepTogetherBefore must not be empty");
            } else if (":".equals(keepTogetherBefore)) {
                problems.add("keepTogetherBefore must not be ':', which follows the name of the cache in every key, so"
                        + " that each cache would be on one node");
            }
        }

        private void checkBigValues(List<String> problems) {
            problems.addAll(bigValuesProblems);
            if (bigValues == null) {
                if (storingBigValues && maxValueBytes > 0 && maxValueBytes < SHORTEST_DEFAULT_CHUNK) {
                    problems.add("bigValues of up to 8 MiB need a maxValueBytes of at least " + SHORTEST_DEFAULT_CHUNK
                            + ", was " + maxValueBytes);
                }
            } else if (bigValues.chunkBytes() > maxValueBytes) {
                problems.add("bigValues must have chunks of at most maxValueBytes = " + maxValueBytes + ", were "
                        + bigValues.chunkBytes());
            }
        }

        private static void checkName(List<String> problems, String what, String name) {
            if (!name.matches("[A-Za-z0-9._-]{1,64}")) {
                problems.add(what + " must be 1 to 64 letters and digits of ASCII, dots, underscores and hyphens, was '"
                        + name + "'");
            }
        }

        private static void checkTimeout(List<String> problems, String what, Duration timeout) {
            if (timeout.isNegative() || timeout.isZero() || timeout.compareTo(LONGEST_TIMEOUT) > 0) {
                problems.add(what + " must be more than zero and at most " + LONGEST_TIMEOUT + ", was " + timeout);
            }
        }

        private static void checkRange(List<String> problems, String what, int value, int max) {
            if (value < 1 || value > max) {
                problems.add(what + " must be from 1 to " + max + ", was " + value);
            }
        }
    }
}
