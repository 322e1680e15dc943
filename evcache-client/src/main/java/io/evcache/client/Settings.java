package io.evcache.client;

import io.evcache.client.pipeline.ReadPolicy;
import io.evcache.client.pipeline.WritePolicy;
import io.evcache.core.ring.RingDialect;
import io.evcache.core.tls.Tls;
import io.evcache.core.topology.control.LossLimit;
import io.evcache.core.transport.TransportConfig;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The table of everything that can be configured of a client. A new setting is one entry here, a method of the builder and, if code asks for it, one of {@link EvCacheConfig}. */
final class Settings {
    private static final TransportConfig TRANSPORT = TransportConfig.defaults();
    private static final Duration LONGEST_TIMEOUT = Duration.ofHours(1);

    static final Setting<String> NAME =
            Setting.of("name", SettingKind.name(), "evcache", "The client's name, for logs, metrics and thread names.");

    static final Setting<String> REGION = Setting.of(
            "region",
            SettingKind.name(),
            "default",
            "Where the client runs, for people to read. ReplicationInterceptor.to(publisher, region) is told the region"
                    + " itself; it must be the relay's, or the relay skips all as skippedForeign.");

    static final Setting<Optional<String>> LOCAL_ZONE = Setting.of(
                    "localZone",
                    SettingKind.optional("one of the zones", zone -> null),
                    Optional.empty(),
                    "The zone that is read first: the one that the application itself runs in.")
            .initially("the first zone that serves reads");

    static final Setting<Optional<String>> ZONES = Setting.of(
                    "zones",
                    SettingKind.optional("zone=node,node;zone=node,node", zones -> null),
                    Optional.empty(),
                    "The zones and their nodes, in the order of fallback; zone(MODE)=… for another mode than READ_WRITE,"
                            + " and nodes as host:port, id@host:port or host:port*weight. A running client can change"
                            + " the modes.")
            .initially("none: to be given, unless discovered");

    static final Setting<Boolean> DISCOVERED_ZONES = Setting.of(
            "discoveredZones",
            SettingKind.of("true or false", String::valueOf, Settings::bool, value -> null),
            false,
            "Whether the zones come from the TopologyProvider given to the client's builder; localZone must be named then.");

    static final Setting<Double> MAX_NODE_LOSS = Setting.of(
            "maxNodeLoss",
            SettingKind.share(),
            LossLimit.HALF.share(),
            "The share of the nodes of a zone in service that a discovered topology may lose at once; more, or a whole such"
                    + " zone, is refused until somebody accepts it. 1 believes everything.");

    static final Setting<Duration> READ_TIMEOUT = Setting.of(
                    "readTimeout",
                    DurationText.upTo(LONGEST_TIMEOUT),
                    Duration.ofMillis(100),
                    "How long a read may take in all, fallback to other zones included.")
            .live();

    static final Setting<Duration> WRITE_TIMEOUT = Setting.of(
                    "writeTimeout",
                    DurationText.upTo(LONGEST_TIMEOUT),
                    Duration.ofMillis(500),
                    "How long a write may take until it is decided.")
            .live();

    static final Setting<ReadPolicy> READ_POLICY = Setting.of(
                    "readPolicy",
                    SettingKind.named(Map.of(
                            "LOCAL_FIRST",
                            ReadPolicy.LOCAL_FIRST,
                            "LOCAL_FIRST_ERRORS_ONLY",
                            ReadPolicy.LOCAL_FIRST_ERRORS_ONLY,
                            "FASTEST_FIRST",
                            ReadPolicy.FASTEST_FIRST)),
                    ReadPolicy.LOCAL_FIRST,
                    "Which zones are read, and when the next one is asked. In code any other policy, too.")
            .live();

    static final Setting<WritePolicy> WRITE_POLICY = Setting.of(
                    "writePolicy",
                    SettingKind.oneOf(WritePolicy.class),
                    WritePolicy.QUORUM,
                    "How many zones must have taken a write.")
            .live();

    static final Setting<RingDialect> RING_DIALECT = Setting.of(
            "ringDialect",
            SettingKind.oneOf(RingDialect.class),
            RingDialect.LIBMEMCACHED,
            "How keys are placed on nodes; all clients that share the data must agree.");

    static final Setting<Optional<String>> KEEP_TOGETHER_BEFORE = Setting.of(
                    "keepTogetherBefore",
                    SettingKind.optional("not empty, and not ':'", Settings::delimiterProblem),
                    Optional.empty(),
                    "A delimiter before whose first occurrence a key is hashed, so that keys of one beginning share a"
                            + " node; all clients that share the data must agree.")
            .initially("whole keys are hashed");

    static final Setting<LargeValues> BIG_VALUES = Setting.of(
                    "bigValues",
                    LargeValues.kind(),
                    LargeValues.REFUSED,
                    "Whether and how values over maxValueBytes are stored, in several items; all clients that share the"
                            + " data must agree that they are.")
            .initially("they are refused");

    static final Setting<Optional<Tls>> TLS = Setting.of(
                    "tls",
                    new TlsKind(),
                    Optional.<Tls>empty(),
                    "How every connection is encrypted: by whom servers' certificates must be signed, and a certificate of"
                            + " the client's own and its key, for servers that ask for one. Files in PEM. In code also an"
                            + " SSLContext.")
            .initially("plaintext");

    static final Setting<Duration> CONNECT_TIMEOUT = Setting.of(
            "connectTimeout",
            DurationText.upTo(LONGEST_TIMEOUT),
            TRANSPORT.connectTimeout(),
            "How long connecting to a node may take, a TLS handshake and its first answer included.");

    static final Setting<Integer> CONNECTIONS_PER_NODE = Setting.of(
                    "connectionsPerNode",
                    SettingKind.whole(64),
                    TRANSPORT.lanes(),
                    "How many connections each node gets, each served by one thread that all nodes share.")
            .initially("half the cores, at least 1, at most 4");

    static final Setting<Integer> MAX_IN_FLIGHT_PER_CONNECTION = Setting.of(
            "maxInFlightPerConnection",
            SettingKind.whole(1 << 20),
            TRANSPORT.maxInFlight(),
            "How many commands may be queued or unanswered per connection; further ones fail at once.");

    static final Setting<Integer> MAX_VALUE_BYTES = Setting.of(
            "maxValueBytes",
            SettingKind.whole(1 << 30),
            TRANSPORT.maxValueBytes(),
            "The largest value in one item, in bytes as encoded. Raise the servers' -I with it.");

    /** In the order of the documentation. */
    static final List<Setting<?>> ALL = List.of(
            NAME,
            REGION,
            ZONES,
            DISCOVERED_ZONES,
            MAX_NODE_LOSS,
            LOCAL_ZONE,
            READ_TIMEOUT,
            WRITE_TIMEOUT,
            READ_POLICY,
            WRITE_POLICY,
            RING_DIALECT,
            KEEP_TOGETHER_BEFORE,
            BIG_VALUES,
            TLS,
            CONNECT_TIMEOUT,
            CONNECTIONS_PER_NODE,
            MAX_IN_FLIGHT_PER_CONNECTION,
            MAX_VALUE_BYTES);

    private Settings() {}

    private static boolean bool(String text) {
        if (!text.equals("true") && !text.equals("false")) {
            throw new IllegalArgumentException(text);
        }
        return text.equals("true");
    }

    private static @Nullable String delimiterProblem(String delimiter) {
        return switch (delimiter) {
            case "" -> "must not be empty";
            case ":" ->
                "must not be ':', which follows the name of the cache in every key, so that each cache would be on one"
                        + " node";
            default -> null;
        };
    }
}
