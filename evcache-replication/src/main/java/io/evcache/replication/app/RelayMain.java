package io.evcache.replication.app;

import io.evcache.client.EvCacheClient;
import io.evcache.client.EvCacheConfig;
import io.evcache.core.tls.Tls;
import io.evcache.core.topology.Topology;
import io.evcache.core.topology.Zone;
import io.evcache.core.topology.ZoneMode;
import io.evcache.replication.kafka.GapPolicy;
import io.evcache.replication.kafka.KafkaDeadLetters;
import io.evcache.replication.kafka.KafkaMutationSource;
import io.evcache.replication.link.LinkClient;
import io.evcache.replication.link.LinkConfig;
import io.evcache.replication.metrics.ReplicationMetrics;
import io.evcache.replication.relay.DeadLetters;
import io.evcache.replication.relay.MutationSource;
import io.evcache.replication.relay.RelayConfig;
import io.evcache.replication.relay.RelayObserver;
import io.evcache.replication.relay.ReplicationRelay;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Runs a relay from one region to one other. For three regions, each runs two of them. Several processes with the same file share the work. One argument, a
 * properties file:
 *
 * <pre>
 * region=eu-west-1                          this region; required
 * zones=a=10.0.0.1:11211;b=10.0.1.1:11211   its zones and nodes, as the applications name them; required
 * zones.tls=AUTHORITIES                     or AUTHORITIES,CHAIN,KEY, or system: PEM files for TLS to memcached; default: plaintext
 * local.zone=a                              read first; default: the first
 * ring.dialect=libmemcached                 as the applications have it
 * keep.together.before=/                    as the applications have it; default: whole keys are hashed
 * big.values.max.bytes=8388608              as the applications have it; default 0: they store none
 * big.values.chunk.bytes=1047552            as the applications have it; default: max.value.bytes
 * read.timeout=500ms                        for one read across all zones; what takes longer is tried again
 * max.value.bytes=1047552                   longer values are skipped, unless big.values; at most 2097152
 * kafka.bootstrap=10.0.0.9:9092             required
 * kafka.topic=evcache-mutations
 * kafka.group=                              default: evcache-relay-FROM-to-TO
 * kafka.dead.letters=                       topic; default: kafka.topic and -dead-letters
 * kafka.gap=earliest                        or latest, stop: when records are gone before they were read
 * kafka.property.NAME=VALUE                 for every Kafka client of the relay, such as security.protocol
 * agent.region=us-east-1                    the other region; required
 * agent.address=10.1.0.5:7411               its agent; required
 * agent.tls=AUTHORITIES,CHAIN,KEY           PEM files: who signs the agent's certificate, which must be for the host above, and the relay's own; or AUTHORITIES, or system.
 *                                           Default: plaintext
 * max.records=65536                         consumed and not finished, then the relay pauses
 * batch.count=512
 * batch.age=5ms
 * max.item.age=6h                           of trying, then what cannot be shipped becomes a dead letter
 * status.interval=10s
 * write.timeout=1s                          not used by a relay, accepted so that both programs can share a file's head
 * </pre>
 *
 * <p>{@code docs/reference/replication-settings.md} says what each may be. Durations are a number and ms, s, min, h or d, and more than zero but for {@code batch.age}. Logs a line of counters each {@code status.interval}. With Micrometer on the class path, its meters are in {@code Metrics.globalRegistry}; add a registry of your monitoring
 * system to that, and then call {@link #main}.
 *
 * <p>Prints {@code READY region to region} once it runs, which does not need Kafka or the agent. Runs until SIGTERM or SIGINT. Exits with 2 and says everything that is wrong
 * if the file is wrong; with 1 if it cannot start otherwise.
 */
public final class RelayMain {
    /** What fits a frame of the link beside a full batch. */
    private static final int LONGEST_SHIPPED_BYTES = 3 << 20;

    private RelayMain() {}

    /** Runs until the process is told to end; does not return before, unless the file is wrong. */
    public static void main(String[] arguments) {
        Program.main("evcache-relay", arguments, RelayMain::start);
    }

    static Program.Running start(Settings settings) {
        EvCacheConfig cache = ZoneSettings.read(settings, "evcache-relay");
        Optional<Log> read = Log.read(settings, cache.region());
        RelayConfig relay = relayConfig(settings, cache);
        LinkConfig link = linkConfig(settings);
        Duration interval = settings.duration("status.interval", Duration.ofSeconds(10));
        settings.check();
        Log log = read.orElseThrow();

        Parts parts = new Parts();
        Optional<ReplicationMetrics> meters = GlobalMeters.bind(parts);
        EvCacheClient client = parts.add(EvCacheClient.connect(cache));
        LinkClient connection = parts.add(LinkClient.open(link));
        DeadLetters deadLetters = parts.add(log.deadLetters());
        String from = link.ownRegion();
        String to = link.remoteRegion();
        RelayObserver observer =
                meters.map(shown -> shown.relayObserver(from, to)).orElseGet(RelayObserver::disabled);
        ReplicationRelay running = parts.add(
                new ReplicationRelay(relay, log.source(), client.pipeline(), connection, deadLetters, observer));
        meters.ifPresent(shown -> {
            shown.client(client);
            shown.relay(from, to, running::stats);
        });
        running.start();
        String way = from + " to " + to;
        return new Program.Running(parts, way, () -> running.stats().toString(), interval);
    }

    /** Where the mutations come from, and where the dead letters go. Neither does anything before it is used. */
    private record Log(MutationSource source, DeadLetters deadLetters) {

        /** Returns empty if there is a problem. */
        static Optional<Log> read(Settings settings, String region) {
            String bootstrap = settings.required("kafka.bootstrap");
            String topic = settings.text("kafka.topic", "evcache-mutations");
            String to = settings.text("agent.region", "");
            String group = settings.text("kafka.group", "evcache-relay-" + region + "-to-" + to);
            String letters = settings.text("kafka.dead.letters", topic + "-dead-letters");
            GapPolicy gap = settings.oneOf("kafka.gap", GapPolicy.EARLIEST);
            Map<String, String> properties = settings.under("kafka.property.");
            if (bootstrap.isEmpty()) {
                return Optional.empty();
            }
            return settings.build(
                    Optional.empty(),
                    s -> Optional.of(new Log(
                            KafkaMutationSource.of(bootstrap, topic, group, gap, properties),
                            KafkaDeadLetters.to(bootstrap, letters, topic, properties))));
        }
    }

    static RelayConfig relayConfig(Settings settings, EvCacheConfig cache) {
        RelayConfig defaults = RelayConfig.of(cache.region(), readOrder(cache));
        int records = settings.number("max.records", defaults.maxRecords(), 1, 1_000_000);
        int count = settings.number("batch.count", defaults.batchCount(), 1, 10_000);
        Duration age = settings.durationFromZero("batch.age", defaults.batchAge());
        Duration itemAge = settings.duration("max.item.age", defaults.maxItemAge());
        int longest = Math.min(cache.maxValueBytes(), LONGEST_SHIPPED_BYTES);
        return settings.build(
                defaults,
                s -> defaults.withReadTimeout(cache.readTimeout())
                        .withLimits(records, defaults.maxUnderWay(), defaults.maxBytesUnderWay())
                        .withBatches(count, defaults.batchBytes(), age)
                        .withRetries(defaults.retry(), itemAge)
                        .withMaxValueBytes(longest));
    }

    /** The local zone first, then the others in the order of the file. */
    private static List<String> readOrder(EvCacheConfig cache) {
        List<String> order = new ArrayList<>(List.of(cache.localZone()));
        for (Zone zone : cache.topology().map(Topology::zones).orElse(List.of())) {
            if (zone.mode() == ZoneMode.READ_WRITE && !order.contains(zone.name())) {
                order.add(zone.name());
            }
        }
        return order;
    }

    private static LinkConfig linkConfig(Settings settings) {
        LinkConfig none = LinkConfig.of("here", "there", "localhost", 1);
        String from = settings.text("region", "");
        String to = settings.required("agent.region");
        String address = settings.required("agent.address");
        Optional<Tls> tls = settings.optional("agent.tls", Tls::parse);
        if (from.isEmpty() || to.isEmpty() || address.isEmpty()) {
            return none; // what is missing has been noted
        }
        return settings.build(none, s -> {
            HostPort agent = HostPort.parse("agent.address", address);
            LinkConfig plain = LinkConfig.of(from, to, agent.host(), agent.port());
            return tls.map(plain::withTls).orElse(plain);
        });
    }
}
